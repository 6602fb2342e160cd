import path from 'node:path';
import fg from 'fast-glob';
import { EsrganError } from '../../errors.js';
import type { ValidationResult } from '../../events.js';
import type { Pixels } from '../../images/pixels.js';
import { probe } from '../../images/probe.js';
import { readPixels } from '../../images/read.js';
import type { Network } from '../../networks/index.js';
import { enlarge } from './enlarge.js';
import { mostDifferent, type Panel, sideBySide } from './picture.js';
import { multipleOf, nearest, resized } from './pixels.js';
import { psnr } from './psnr.js';

/** A photograph held back, with the small copy that the network gets. */
export interface Photograph {
  readonly name: string;
  readonly gt: Pixels;
  readonly lq: Pixels;
  /** `lq` enlarged by bicubic interpolation: what a network has to beat. */
  readonly bicubic: Pixels;
}

/**
 * Reads the photographs of `val.images` (files or globs); gt is cropped to a multiple of `scale`, lq is made
 * from it by antialiased bicubic shrinking.
 * @throws EsrganError `VAL_IMAGES` when a pattern matches nothing or a file cannot be read
 */
export async function readPhotographs(patterns: readonly string[], scale: number): Promise<Photograph[]> {
  const files = await Promise.all(patterns.map(expand));
  return Promise.all([...new Set(files.flat())].sort().map((file) => readPhotograph(file, scale)));
}

async function expand(pattern: string): Promise<string[]> {
  const files = await fg([fg.isDynamicPattern(pattern) ? pattern : fg.escapePath(pattern)], {
    absolute: true,
  });
  if (files.length > 0) return files;
  throw new EsrganError('VAL_IMAGES', `val.images: nothing matches ${pattern}`, {
    remedy: `Patterns are relative to the working folder, ${process.cwd()}.`,
  });
}

async function readPhotograph(file: string, scale: number): Promise<Photograph> {
  const header = await probe(file);
  if (!header.ok) throw unusable(file, header.reason);
  const whole = await readPixels({ id: file, path: file, ...header });
  const gt = multipleOf(whole, scale);
  if (Math.min(gt.width, gt.height) < SMALLEST * scale)
    throw unusable(file, `${whole.width}x${whole.height} is too small for scale ${scale}`);
  const lq = resized(gt, gt.width / scale, gt.height / scale);
  return { name: path.parse(file).name, gt, lq, bicubic: resized(lq, gt.width, gt.height) };
}

/** Edge of the smallest lq that is worth measuring, in pixels. */
const SMALLEST = 8;

function unusable(file: string, reason: string): EsrganError {
  return new EsrganError('VAL_IMAGES', `val.images: ${file}: ${reason}`, {
    remedy: 'Take it out of val.images, or put another photograph there.',
  });
}

export interface Validated {
  readonly result: ValidationResult;
  readonly sr: Pixels;
}

/** Enlarges a photograph's lq with the network; PSNR on RGB, `scale` pixels left out at each border. */
export async function validate(network: Network, { name, gt, lq, bicubic }: Photograph): Promise<Validated> {
  const sr = await enlarge(network, lq);
  const border = network.scale;
  return {
    result: { name, psnr: psnr(sr, gt, border), psnrBicubic: psnr(bicubic, gt, border) },
    sr,
  };
}

/** PNG: LQ, bicubic, network and GT side by side, at the detail in which bicubic fails most. */
export function comparison({ gt, lq, bicubic }: Photograph, { result, sr }: Validated): Promise<Buffer> {
  const panels: Panel[] = [
    { image: nearest(lq, gt.width / lq.width), caption: 'LQ' },
    { image: bicubic, caption: `bicubic ${result.psnrBicubic.toFixed(2)} dB` },
    { image: sr, caption: `network ${result.psnr.toFixed(2)} dB` },
    { image: gt, caption: 'GT' },
  ];
  const side = Math.min(gt.width, gt.height, 112);
  return sideBySide(panels, mostDifferent(bicubic, gt, side, side), 3);
}
