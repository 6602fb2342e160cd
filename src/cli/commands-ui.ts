import type { Command } from 'commander';
import type { UiCommandFlags } from './commands/ui.js';
import type { Io } from './io.js';
import { whole } from './options.js';

/** The command that opens experiments in a browser. */
export function addUi(program: Command, io: Io, leave: (code: number) => void): void {
  program
    .command('ui')
    .description('open an experiment in a browser, or compare those of a folder: curves, pictures, options')
    .argument('<folder>', 'experiments/NAME, of a run that has ended or goes on; or experiments/')
    .addOption(
      whole(
        '--port <n>',
        'port of the page; 0 takes any that is free (default: 7860, or any where that is taken)',
        0,
        65535,
      ),
    )
    .option(
      '--host <address>',
      'address of the page (default: 127.0.0.1, this machine only); elsewhere the link holds a token',
    )
    .action(async (folder: string, flags: UiCommandFlags) => {
      const { ui } = await import('./commands/ui.js');
      leave(await ui(folder, flags, io));
    });
}
