import { readdir } from 'node:fs/promises';
import path from 'node:path';
import fg from 'fast-glob';
import { EsrganError } from '../../errors.js';
import type { Pixels } from '../../images/pixels.js';
import { probe } from '../../images/probe.js';
import { readPixels } from '../../images/read.js';
import type { ValidationOptions } from '../options/validation.js';
import { multipleOf, resized } from './pixels.js';

/** A photograph held back, with the small picture that the network gets. */
export interface Photograph {
  readonly name: string;
  readonly gt: Pixels;
  readonly lq: Pixels;
  /** `lq` enlarged by bicubic interpolation: what a network has to beat. */
  readonly bicubic: Pixels;
}

type Folders = Pick<ValidationOptions, 'images' | 'dataroot_gt' | 'dataroot_lq'>;

/**
 * Reads the photographs of `val`: `images` (files or globs) and those of the folder `dataroot_gt`. gt is cropped
 * to a multiple of `scale`; lq is the picture of the same name in `dataroot_lq`, or made from gt by antialiased
 * bicubic shrinking.
 * @throws EsrganError `VAL_IMAGES` when nothing is found, a file cannot be read or its lq does not fit
 */
export async function readPhotographs(
  { images, dataroot_gt, dataroot_lq }: Folders,
  scale: number,
): Promise<Photograph[]> {
  const named = (await Promise.all(images.map(expand))).flat();
  const files = dataroot_gt === undefined ? named : [...named, ...(await picturesIn(dataroot_gt))];
  const small = dataroot_lq === undefined ? undefined : await byStem(dataroot_lq);
  return Promise.all([...new Set(files)].sort().map((file) => readPhotograph(file, scale, small)));
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

const picture = /\.(png|jpe?g|webp|tiff?|bmp|gif|avif|heic)$/i;

async function picturesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => picture.test(name)).map((name) => path.resolve(folder, name));
  if (files.length > 0) return files;
  throw new EsrganError('VAL_IMAGES', `there are no pictures in ${folder}`, {
    place: { file: folder },
    remedy: `Set val.dataroot_gt and val.dataroot_lq to folders with pictures; they are relative to ${process.cwd()}.`,
  });
}

async function byStem(folder: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await picturesIn(folder)).map((file) => [path.parse(file).name, file]));
}

async function readPhotograph(
  file: string,
  scale: number,
  small: ReadonlyMap<string, string> | undefined,
): Promise<Photograph> {
  const { name } = path.parse(file);
  const whole = await readPicture(file);
  const gt = multipleOf(whole, scale);
  if (Math.min(gt.width, gt.height) < SMALLEST * scale)
    throw unusable(file, `${whole.width}x${whole.height} is too small for scale ${scale}`);
  if (!small) {
    const lq = resized(gt, gt.width / scale, gt.height / scale);
    return { name, gt, lq, bicubic: resized(lq, gt.width, gt.height) };
  }
  const pair = small.get(name);
  if (pair === undefined) throw unusable(file, 'there is no picture of that name in val.dataroot_lq');
  const lq = await readPicture(pair);
  if (lq.width * scale !== gt.width || lq.height * scale !== gt.height)
    throw unusable(
      pair,
      `${lq.width}x${lq.height} is not ${whole.width}x${whole.height}, its gt, divided by ${scale}`,
    );
  return { name, gt, lq, bicubic: resized(lq, gt.width, gt.height) };
}

async function readPicture(file: string): Promise<Pixels> {
  const header = await probe(file);
  if (!header.ok) throw unusable(file, header.reason);
  return readPixels({ id: file, path: file, ...header });
}

/** Edge of the smallest lq that is worth measuring, in pixels. */
const SMALLEST = 8;

function unusable(file: string, reason: string): EsrganError {
  return new EsrganError('VAL_IMAGES', `val: ${file}: ${reason}`, {
    place: { file },
    remedy: 'Take it out of the photographs of val, or put another one there.',
  });
}
