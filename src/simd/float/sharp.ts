import { inMemory } from './memory.js';

interface Plane {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Planes of an image, and of others that lie over a part of it. */
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
    for (let p = 0; p < 3; p++) {
      const at = 4 * p * soft.width * soft.height;
      const marked = kernels.markDetail(
        from + 4 * placeOf(image, soft, p),
        4 * image.width,
        around + at,
        out + at,
        soft.width,
        soft.height,
        factor,
        threshold,
      );
      any ||= marked !== 0;
    }
  });
  return done ? any : markDetailPlain(job, mask, factor, threshold);
}

/** Where row 0 of a plane of the part begins in the image. */
function placeOf(image: Plane, { x, y }: { readonly x: number; readonly y: number }, plane: number): number {
  return (plane * image.height + y) * image.width + x;
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
  for (let p = 0, i = 0; p < 3; p++) {
    for (let y = 0; y < soft.height; y++) {
      let at = placeOf(image, { x: soft.x, y: soft.y + y }, p);
      for (let x = 0; x < soft.width; x++, i++, at++) {
        mask[i] = fround(fround(abs(image.data[at] - soft.data[i])) * f) > least ? 1 : 0;
        any += mask[i];
      }
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
    for (let p = 0; p < 3; p++) {
      kernels.mixSharp(
        out + 4 * placeOf(image, mask, p),
        4 * image.width,
        around + 4 * placeOf(soft, inside, p),
        4 * soft.width,
        share + 4 * p * mask.width * mask.height,
        mask.width,
        mask.height,
        1 + weight,
        -weight,
      );
    }
  });
  if (!done) mixSharpPlain(job, mask, weight);
}

/** The same bits without WebAssembly. */
export function mixSharpPlain({ image, soft }: SharpJob, mask: Mask, weight: number): void {
  const { fround, max, min } = Math;
  const first = fround(1 + weight);
  const second = fround(-weight);
  for (let p = 0, i = 0; p < 3; p++) {
    for (let y = 0; y < mask.height; y++) {
      let at = placeOf(image, { x: mask.x, y: mask.y + y }, p);
      let from = placeOf(soft, { x: mask.x - soft.x, y: mask.y - soft.y + y }, p);
      for (let x = 0; x < mask.width; x++, i++, at++, from++) {
        const value = image.data[at];
        const sharp = fround(fround(value * first) + fround(soft.data[from] * second));
        image.data[at] = value + fround(mask.data[i] * fround(min(1, max(0, sharp)) - value));
      }
    }
  }
}
