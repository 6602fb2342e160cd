import type { Command } from 'commander';
import type { NewDegradationFlags } from './commands/new-degradation.js';
import type { PreviewFlags } from './commands/preview.js';
import type { TraceFlags } from './commands/trace.js';
import type { Io } from './io.js';
import { collect, whole } from './options.js';
import { addUiOptions } from './ui-flags.js';

/** The commands for seeing and extending the degradations. */
export function addSeeing(program: Command, io: Io, leave: (code: number) => void): void {
  const preview = program
    .command('preview')
    .description(
      'write a page that shows what a pipeline trains on: gt, every degradation, lq, and what is drawn; with --ui, change the degradations and see what they do',
    )
    .argument('<pipeline.yml>', 'the pipeline file')
    .addOption(whole('-n, --samples <n>', 'samples to show', 1, 1000).default(8))
    .option('--out <file>', 'HTML file to write', 'preview.html')
    .option('--png <file>', 'write a contact sheet too')
    .option('--set <a.b=c>', 'change a value of the file, e.g. degrade.preset=bicubic (repeatable)', collect)
    .addOption(whole('--seed <n>', 'change the seed', 0));
  addUiOptions(preview).action(async (file: string, flags: PreviewFlags) => {
    const { previewUi } = await import('./commands/preview-ui.js');
    const { preview } = await import('./commands/preview.js');
    leave(await (flags.ui ? previewUi : preview)(file, flags, io));
  });
  program
    .command('trace')
    .description(
      'rebuild training pairs from their ids (or rows of provenance), and print what was drawn as JSON',
    )
    .usage('[options] <id...> <pipeline.yml>\n       esrgan trace [options] --batch <k> <pipeline.yml>')
    .argument('<id-or-pipeline...>', 'ids as in the provenance file, e.g. 0001.png@T0:400x400+200+0')
    .addOption(whole('--batch <k>', 'all pairs of batch k of the run, from 0', 0))
    .addOption(whole('--epoch <n>', 'epoch of the ids, from 0 (default: 0)', 0))
    .option('--out <folder>', 'write gt, lq and the strip of steps as PNG')
    .option('--set <a.b=c>', 'what the run was given (repeatable)', collect)
    .addOption(whole('--seed <n>', 'what the run was given', 0))
    .action(async (args: string[], flags: TraceFlags) => {
      const { trace } = await import('./commands/trace.js');
      leave(await trace(args, flags, io));
    });
  program
    .command('preset')
    .description('print a preset of the degrade stage, or list them')
    .argument('[name]', 'the preset, e.g. realesrgan')
    .action(async (name: string | undefined) => {
      const { preset } = await import('./commands/preset.js');
      leave(await preset(name, io));
    });
  program
    .command('new')
    .description('write a file to start from')
    .command('degradation')
    .description('write an operator of your own, its test, and a pipeline that uses it')
    .argument('<name>', 'its name, e.g. film-grain')
    .option('--dir <folder>', 'folder to write to', '.')
    .action(async (name: string, flags: NewDegradationFlags) => {
      const { newDegradation } = await import('./commands/new-degradation.js');
      leave(await newDegradation(name, flags, io));
    });
  program.command('docs', { hidden: true }).action(async () => {
    const { docs } = await import('./commands/docs.js');
    leave(await docs(io));
  });
}
