import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { EsrganError } from '../errors.js';
import { GRAY_NOTE } from '../images/notes.js';
import type { Pixels } from '../images/pixels.js';
import { probe } from '../images/probe.js';
import { readPixels } from '../images/read.js';
import { type MetricOptions, psnr, ssim } from './index.js';
import { matchNames, stem } from './match-names.js';

export interface EvaluateOptions extends MetricOptions {
  readonly signal?: AbortSignal;
}

/** A pair of pictures that were compared. */
export interface EvaluatedPair {
  readonly name: string;
  readonly gt: string;
  readonly sr: string;
  /** In dB; Infinity for equal pictures. */
  readonly psnr: number;
  readonly ssim: number;
}

/** A file that was compared with nothing, and why. */
export interface NotEvaluated {
  readonly file: string;
  readonly reason: string;
}

/**
 * Compares the pictures of two folders by name, one pair after the other: `0001.png` goes with `0001.jpg`, and with
 * `0001_out.png` or another name that it begins and that goes on with `_`, `-` or `.` where nothing fits exactly.
 * Gray files are measured as one channel whatever is asked for, as BasicSR's script does.
 * @throws EsrganError `EVALUATE_FOLDER` when a folder cannot be listed, `EVALUATE_NONE` when nothing goes together
 */
export async function* evaluateFolders(
  gtFolder: string,
  srFolder: string,
  options: EvaluateOptions = {},
): AsyncGenerator<EvaluatedPair | NotEvaluated> {
  const [gts, srs] = [await list(gtFolder), await list(srFolder)];
  const { pairs, lonely } = matchNames(gts, srs);
  if (pairs.length === 0)
    throw new EsrganError('EVALUATE_NONE', `no picture of ${srFolder} has the name of one of ${gtFolder}`, {
      place: { file: srFolder },
      remedy: 'Names have to be equal up to the extension and a suffix, as 0001.png and 0001_out.png.',
    });
  for (const { gt, sr } of pairs) {
    options.signal?.throwIfAborted();
    yield await evaluatePair(path.join(gtFolder, gt), path.join(srFolder, sr), options);
    await setImmediate();
  }
  for (const gt of lonely.gt)
    yield { file: path.join(gtFolder, gt), reason: `has no counterpart in ${srFolder}` };
  for (const sr of lonely.sr)
    yield { file: path.join(srFolder, sr), reason: `has no counterpart in ${gtFolder}` };
}

async function list(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? `there is no folder ${folder}` : `${folder} cannot be read (${code})`;
    throw new EsrganError('EVALUATE_FOLDER', what, {
      place: { file: folder },
      remedy: 'Name two folders of pictures, --gt and --sr.',
      cause,
    });
  });
  return entries
    .filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function evaluatePair(
  gt: string,
  sr: string,
  options: EvaluateOptions,
): Promise<EvaluatedPair | NotEvaluated> {
  const [one, other] = [await read(gt), await read(sr)];
  for (const picture of [one, other]) if ('reason' in picture) return picture;
  const [a, b] = [one as Picture, other as Picture];
  const test_y_channel = options.test_y_channel === true && !(a.gray && b.gray);
  const asked = { crop_border: options.crop_border, test_y_channel };
  try {
    const values = { psnr: psnr(a.pixels, b.pixels, asked), ssim: ssim(a.pixels, b.pixels, asked) };
    return { name: stem(gt), gt, sr, ...values };
  } catch (error) {
    if (!(error instanceof EsrganError)) throw error;
    return { file: sr, reason: error.message };
  }
}

interface Picture {
  readonly pixels: Pixels;
  readonly gray: boolean;
}

async function read(file: string): Promise<Picture | NotEvaluated> {
  const header = await probe(file);
  if (!header.ok) return { file, reason: header.reason };
  try {
    const { ok: _, ...rest } = header;
    const pixels = await readPixels({ id: file, path: file, ...rest });
    return { pixels, gray: header.notes.includes(GRAY_NOTE) };
  } catch (error) {
    if (!(error instanceof EsrganError)) throw error;
    return { file, reason: error.message.replace(`${file}: `, '') };
  }
}

/** Means over pairs. */
export function meanOf(pairs: readonly EvaluatedPair[]): { psnr: number; ssim: number } {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return { psnr: mean(pairs.map((pair) => pair.psnr)), ssim: mean(pairs.map((pair) => pair.ssim)) };
}
