import { type EvaluatedPair, evaluateFolders, meanOf, type NotEvaluated } from '../../metrics/evaluate.js';
import { padEnd, padStart, width } from '../display/columns.js';
import { visible } from '../display/escape.js';
import { plural } from '../display/format.js';
import { type Io, print } from '../io.js';

export interface EvaluateFlags {
  readonly gt: string;
  readonly sr: string;
  readonly cropBorder: number;
  readonly y?: boolean;
  readonly json?: boolean;
}

/** Compares two folders of pictures. */
export async function evaluate(flags: EvaluateFlags, io: Io): Promise<number> {
  const pairs: EvaluatedPair[] = [];
  const left: NotEvaluated[] = [];
  const options = { crop_border: flags.cropBorder, test_y_channel: flags.y === true };
  for await (const one of evaluateFolders(flags.gt, flags.sr, options)) {
    if ('psnr' in one) pairs.push(one);
    else left.push(one);
  }
  const mean = pairs.length > 0 ? meanOf(pairs) : undefined;
  if (flags.json) io.stdout.write(`${JSON.stringify({ ...options, pairs, mean, left_out: left }, finite)}\n`);
  else {
    print(io.stdout, table(pairs, mean));
    print(
      io.stderr,
      left.map(({ file, reason }) => `left out  ${visible(file)}: ${visible(reason)}`),
    );
  }
  return left.length > 0 ? 2 : 0;
}

/** JSON has no infinity: equal pictures are told of by the text that Python would read back. */
const finite = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

function table(pairs: readonly EvaluatedPair[], mean: { psnr: number; ssim: number } | undefined): string[] {
  if (!mean) return [];
  const rows = [
    ...pairs.map(({ name, psnr, ssim }) => [visible(name), psnr.toFixed(4), ssim.toFixed(6)] as const),
    [`mean of ${plural(pairs.length, 'pair')}`, mean.psnr.toFixed(4), mean.ssim.toFixed(6)] as const,
  ];
  const widest = Math.max(...rows.map(([name]) => width(name)));
  const head = `${padEnd('', widest)}  ${padStart('PSNR (dB)', 10)}  ${padStart('SSIM', 9)}`;
  return [
    head,
    ...rows.map(([name, p, s]) => `${padEnd(name, widest)}  ${padStart(p, 10)}  ${padStart(s, 9)}`),
  ];
}
