import { type Command, Option } from 'commander';
import { EsrganError } from '../errors.js';
import type { TrainFlags } from './commands/train.js';
import type { Io } from './io.js';
import { whole } from './options.js';
import type { LoadRunner } from './services.js';
import { addUiOptions } from './ui-flags.js';

/** The command that takes the options of BasicSR's train.py. */
export function addTraining(program: Command, io: Io, load: LoadRunner, leave: (code: number) => void): void {
  const command = program
    .command('train')
    .description('train from an option file of Real-ESRGAN or BasicSR, as train.py does')
    .usage('-opt <options.yml> [options]')
    .argument('[options.yml]', 'the option file, when it is not given by -opt')
    .option('--opt <options.yml>', 'the option file; -opt is the same')
    .option('--auto_resume', 'go on where the newest training state of the experiment was written')
    .option('--debug', 'a short trial: log every iteration, save and validate every 8')
    .option('--force_yml <a:b=c...>', 'change values of the file, e.g. train:total_iter=1000')
    .option('--allow-unknown', 'pass over unknown keys with a warning')
    .addOption(whole('--seed <n>', 'instead of manual_seed', 0))
    .addOption(
      new Option('--launcher <name>', 'as for train.py')
        .choices(['none', 'pytorch', 'slurm'])
        .default('none'),
    )
    .addOption(new Option('--local_rank <n>').hideHelp())
    .option('--print-pipeline', 'print the pipeline file that the options amount to')
    .option('--dry-run', 'print what would happen and write nothing')
    .option('--json', 'print one event a line');
  addUiOptions(command).action(async (file: string | undefined, flags: Partial<TrainFlags>) => {
    const { opt = file } = flags;
    if (opt === undefined) throw noFile();
    if (file !== undefined && file !== opt) throw leftOver(file);
    const { train } = await import('./commands/train.js');
    leave(await train({ ...flags, opt }, io, load));
  });
}

const leftOver = (word: string): EsrganError =>
  new EsrganError('OPTION_FILE', `"${word}" belongs to no option`, {
    remedy:
      'There is one option file; values of --force_yml stand directly behind it: --force_yml a:b=1 c:d=2.',
  });

const noFile = (): EsrganError =>
  new EsrganError('OPTION_FILE', 'no option file is named', {
    remedy:
      'Name one, as in: esrgan train -opt options/train_realesrnet_small.yml. Pipeline files are run by esrgan run.',
  });
