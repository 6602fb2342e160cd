import { inMemory } from './memory.js';

interface Plane {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A plane of an image, and one that lies over a part of it. */
export interface SharpJob {
  readonly image: Plane;
  /** The image without its detail: the part of it from (`x`, `y`) on. */
  readonly soft: Plane & { readonly x: number; readonly y: number };
}

/** mask = 1 where |image - soft| * factor > threshold, otherwise 0; it has the size of soft. Whether there is a 1. */
export function markDetail(job: SharpJob, mask: Float32Array, factor: number, threshold: number): boolean {
  const { image, soft } = job;
  let any = false;
  const done = inMemory(mask, [image.data, soft.data], (kernels, out, from, around) => {
    const at = from + 4 * placeOf(image, soft);
    const row = 4 * image.width;
    any = kernels.markDetail(at, row, around, out, soft.width, soft.height, factor, threshold) !== 0;
  });
  return done ? any : markDetailPlain(job, mask, factor, threshold);
}

/** Where the part begins in the image. */
function placeOf(image: Plane, { x, y }: { readonly x: number; readonly y: number }): number {
  return y * image.width + x;
}

/** The same bits without WebAssembly. */
export function markDetailPlain(
  { image, soft }: SharpJob,
  mask: Float32Array,
  factor: number,
  threshold: number,
): boolean {
  const { abs, fround } = Math;
  const f = fround(factor);
  const least = fround(threshold);
  let any = 0;
  for (let y = 0, i = 0; y < soft.height; y++) {
    let at = placeOf(image, { x: soft.x, y: soft.y + y });
    for (let x = 0; x < soft.width; x++, i++, at++) {
      mask[i] = fround(fround(abs(image.data[at] - soft.data[i])) * f) > least ? 1 : 0;
      any += mask[i];
    }
  }
  return any > 0;
}

/** The part of the image that is changed, and how much of the change each of its values gets. */
type Mask = Plane & { readonly x: number; readonly y: number };

/**
 * image += mask * (sharp - image) in the part of the mask, which lies within that of soft, where
 * sharp = image * (1 + weight) - soft * weight, in [0, 1].
 */
export function mixSharp(job: SharpJob, mask: Mask, weight: number): void {
  const { image, soft } = job;
  const inside = { x: mask.x - soft.x, y: mask.y - soft.y };
  const done = inMemory(image.data, [soft.data, mask.data], (kernels, out, around, share) => {
    kernels.mixSharp(
      out + 4 * placeOf(image, mask),
      4 * image.width,
      around + 4 * placeOf(soft, inside),
      4 * soft.width,
      share,
      mask.width,
      mask.height,
      1 + weight,
      -weight,
    );
  });
  if (!done) mixSharpPlain(job, mask, weight);
}

/** The same bits without WebAssembly. */
export function mixSharpPlain({ image, soft }: SharpJob, mask: Mask, weight: number): void {
  const { fround, max, min } = Math;
  const first = fround(1 + weight);
  const second = fround(-weight);
  for (let y = 0, i = 0; y < mask.height; y++) {
    let at = placeOf(image, { x: mask.x, y: mask.y + y });
    let from = placeOf(soft, { x: mask.x - soft.x, y: mask.y - soft.y + y });
    for (let x = 0; x < mask.width; x++, i++, at++, from++) {
      const value = image.data[at];
      const sharp = fround(fround(value * first) + fround(soft.data[from] * second));
      image.data[at] = value + fround(mask.data[i] * fround(min(1, max(0, sharp)) - value));
    }
  }
}
