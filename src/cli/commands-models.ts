import { type Command, InvalidArgumentError, Option } from 'commander';
import { engineNames } from '../engines/names.js';
import type { ConvertFlags } from './commands/convert.js';
import type { EvaluateFlags } from './commands/evaluate.js';
import type { InspectFlags } from './commands/inspect.js';
import type { UpscaleFlags } from './commands/upscale.js';
import type { Io } from './io.js';
import { whole } from './options.js';

const key = (): Option =>
  new Option('--key <name>', 'which weights of the file').choices(['params', 'params_ema']);

/** The commands for files of weights, and for using them. */
export function addModels(program: Command, io: Io, leave: (code: number) => void): void {
  program
    .command('convert')
    .description('write weights in another format: .pth, .safetensors, or .onnx with the network')
    .argument('<in>', 'a .pth or .safetensors file')
    .argument('<out>', 'the file to write; its extension says how')
    .addOption(key())
    .action(async (input: string, output: string, flags: ConvertFlags) => {
      const { convert } = await import('./commands/convert.js');
      leave(await convert(input, output, flags, io));
    });
  program
    .command('inspect')
    .description('say what a file of weights, a model or a training state holds')
    .argument('<file>', 'a .pth, .safetensors, .onnx or .state file')
    .option('--keys', 'list the keys and shapes')
    .option('--json', 'print all of it as JSON')
    .action(async (file: string, flags: InspectFlags) => {
      const { inspect } = await import('./commands/inspect.js');
      leave(await inspect(file, flags, io));
    });
  addUpscale(program, io, leave);
  program
    .command('evaluate')
    .description('measure PSNR and SSIM between pictures of two folders, as BasicSR does')
    .requiredOption('--gt <folder>', 'the true pictures')
    .requiredOption('--sr <folder>', 'the enlarged ones; 0001_out.png goes with 0001.png')
    .addOption(whole('--crop-border <n>', 'pixels left out at each border', 0).default(0))
    .option('--y', 'measure luma (Y of BT.601) in place of RGB')
    .option('--json', 'print all of it as JSON')
    .action(async (flags: EvaluateFlags) => {
      const { evaluate } = await import('./commands/evaluate.js');
      leave(await evaluate(flags, io));
    });
}

function addUpscale(program: Command, io: Io, leave: (code: number) => void): void {
  program
    .command('upscale')
    .description('enlarge pictures with a network')
    .argument('<input...>', 'pictures, and folders of pictures')
    .requiredOption('--model <file>', 'weights of a generator (.pth, .safetensors) or an .onnx model')
    .requiredOption('--out <folder>', 'folder to write to')
    .addOption(whole('--tile <n>', 'edge of a tile in pixels of the input; 0 for none', 0).default(256))
    .addOption(whole('--tile-pad <n>', 'pixels that a tile looks beyond its edge', 0).default(16))
    .option('--scale <n>', 'how many times larger (default: as the network)', positive)
    .addOption(
      new Option('--alpha <what>', 'keep, drop, or #rrggbb to blend over').default('keep').argParser(alpha),
    )
    .addOption(
      new Option('--format <name>', 'format of the results (default: as the input, else png)').choices([
        'png',
        'jpg',
        'webp',
      ]),
    )
    .option('--suffix <text>', 'photo.png becomes photo_<text>.png; empty for the same name', suffix, 'out')
    .option('--overwrite', 'make what is there already again')
    .addOption(key())
    .addOption(new Option('--engine <name>', 'what computes').choices(engineNames).default('auto'))
    .option('--json', 'print one line of JSON a picture')
    .action(async (inputs: string[], flags: UpscaleFlags) => {
      const { upscale } = await import('./commands/upscale.js');
      leave(await upscale(inputs, flags, io));
    });
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0) || number > 64) throw new InvalidArgumentError('Give a number above 0, at most 64.');
  return number;
}

function suffix(value: string): string {
  if (/[/\\]/.test(value)) throw new InvalidArgumentError('Give a part of a name, not a path.');
  return value;
}

function alpha(value: string): string {
  if (!/^(keep|drop|#[0-9a-f]{6})$/i.test(value))
    throw new InvalidArgumentError('Give keep, drop or #rrggbb.');
  return value;
}
