import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option, type Command as Plain } from 'commander';
import { packageRoot } from '../config/package-root.js';
import type { SubimageFlags } from './commands/extract-subimages.js';
import type { MetaInfoFlags } from './commands/generate-meta-info.js';
import type { MultiscaleFlags } from './commands/generate-multiscale.js';
import type { RunFlags } from './commands/run.js';
import { addEngines } from './commands-engines.js';
import { addModels } from './commands-models.js';
import { addSeeing } from './commands-seeing.js';
import { addServe } from './commands-serve.js';
import { addShards } from './commands-shards.js';
import { addTraining } from './commands-training.js';
import { addUi } from './commands-ui.js';
import type { Io } from './io.js';
import { collect, whole } from './options.js';
import type { LoadRunner } from './services.js';
import { addUiOptions } from './ui-flags.js';

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8'));
  return String((manifest as { version?: unknown }).version);
}

/** The command line; a command's code is loaded only when it runs. `leave` receives its exit code. */
export function programFor(io: Io, load: LoadRunner, leave: (code: number) => void): Command {
  const program = new Command('esrgan')
    .description(
      'Streams photographs into Real-ESRGAN-style training: crops, degradations and batches on the fly.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'show help')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  addRun(program, io, load, leave);
  addTraining(program, io, load, leave);
  addOriginals(program, io, load, leave);
  addValidate(program, io, leave);
  program.command('schemas', { hidden: true }).action(async () => {
    const { schemas } = await import('./commands/schemas.js');
    leave(await schemas(io));
  });
  addSeeing(program, io, leave);
  addServe(program, io, leave);
  addUi(program, io, leave);
  addModels(program, io, leave);
  addEngines(program, io, leave);
  addShards(program, io, load, leave);
  addVerbose(program);
  return program;
}

function addVerbose(parent: Plain): void {
  for (const command of parent.commands) {
    command.option('--verbose', 'print the stack of errors');
    addVerbose(command);
  }
}

type Leave = (code: number) => void;

function addRun(program: Plain, io: Io, load: LoadRunner, leave: Leave): void {
  const command = program
    .command('run')
    .description('run a pipeline file')
    .argument('<pipeline.yml>', 'the pipeline file')
    .option('--set <a.b=c>', 'change a value of the file, e.g. crop.size=256 (repeatable)', collect)
    .addOption(whole('--seed <n>', 'change the seed', 0))
    .option('--dry-run', 'print what would happen and write nothing')
    .option('--json', 'print one event a line');
  addUiOptions(command).action(async (file: string, flags: RunFlags) => {
    const { run } = await import('./commands/run.js');
    leave(await run(file, flags, io, load));
  });
}

function addValidate(program: Plain, io: Io, leave: Leave): void {
  program
    .command('validate')
    .description('check pipeline and option files')
    .argument('<file...>', 'the files')
    .action(async (files: string[], flags: { verbose?: boolean }) => {
      const { validate } = await import('./commands/validate.js');
      leave(await validate(files, flags.verbose === true, io));
    });
}

function addOriginals(program: Plain, io: Io, load: LoadRunner, leave: Leave): void {
  const threads = (): Option => whole('--n_thread <n>', 'images at once (default: number of cores)', 1, 256);
  program
    .command('generate-multiscale')
    .description('write smaller copies T0..T3 of every photograph, as generate_multiscale_DF2K')
    .requiredOption('--input <folder>', 'folder of photographs')
    .requiredOption('--output <folder>', 'folder to write to; continued when it exists')
    .addOption(
      new Option('--resampler <name>', 'lanczos is the fastest; pillow gives the bytes of the original')
        .choices(['lanczos', 'pillow', 'vips'])
        .default('lanczos'),
    )
    .addOption(threads())
    .option('--json', 'print one event a line')
    .action(async (flags: MultiscaleFlags) => {
      const { generateMultiscale } = await import('./commands/generate-multiscale.js');
      leave(await generateMultiscale(flags, io, load));
    });
  program
    .command('extract-subimages')
    .description('write overlapping crops of every photograph, as extract_subimages')
    .requiredOption('--input <folder>', 'folder of photographs')
    .requiredOption('--output <folder>', 'folder to write to; continued when it exists')
    .addOption(whole('--crop_size <n>', 'edge of a crop in pixels', 1).default(480))
    .addOption(whole('--step <n>', 'distance between crops in pixels', 1).default(240))
    .addOption(whole('--thresh_size <n>', 'rest that is worth a last crop, in pixels', 0).default(0))
    .addOption(
      whole(
        '--compression_level <n>',
        'PNG compression: 0 stores, 1-3 are fast, 4-9 slow and a little smaller',
        0,
        9,
      ).default(3),
    )
    .addOption(threads())
    .option('--json', 'print one event a line')
    .action(async (flags: SubimageFlags) => {
      const { extractSubimages } = await import('./commands/extract-subimages.js');
      leave(await extractSubimages(flags, io, load));
    });
  program
    .command('generate-meta-info')
    .description('list the pictures of folders in a text file, as generate_meta_info')
    .requiredOption('--input <folder...>', 'folders of pictures')
    .option('--root <folder...>', 'folders that the lines are relative to (default: the parents)')
    .requiredOption('--meta_info <file>', 'text file to write')
    .option('--check', 'decode every picture and leave out those that cannot be')
    .action(async (flags: MetaInfoFlags) => {
      const { generateMetaInfo } = await import('./commands/generate-meta-info.js');
      leave(await generateMetaInfo(flags, io));
    });
}
