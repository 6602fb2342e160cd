import type { Command } from 'commander';
import type { ServeFlags } from './commands/serve.js';
import type { Io } from './io.js';
import { collect, whole } from './options.js';

/** The command that feeds trainers in other languages. */
export function addServe(program: Command, io: Io, leave: (code: number) => void): void {
  program
    .command('serve')
    .description('serve the training pairs of a pipeline over HTTP, for PyTorch and others')
    .argument('<pipeline.yml>', 'the pipeline file')
    .addOption(whole('--port <n>', 'port to listen at; 0 takes any that is free', 0, 65535).default(8080))
    .option('--host <address>', 'address to listen at; 0.0.0.0 for all of this machine', '127.0.0.1')
    .option('--token <text>', 'what readers must send as Authorization: Bearer (or set ESRGAN_TOKEN)')
    .addOption(whole('--readers <n>', 'readers at once', 1, 4096).default(64))
    .option('--set <a.b=c>', 'change a value of the file, e.g. batch.gt_size=128 (repeatable)', collect)
    .addOption(whole('--seed <n>', 'change the seed', 0))
    .action(async (file: string, flags: ServeFlags) => {
      const { serve } = await import('./commands/serve.js');
      leave(await serve(file, flags, io));
    });
}
