import type { Planar } from './bytes.js';
import { inMemory, withScratch } from './memory.js';

/** For each of the 64 coefficients its step, and the factor whose product is rounded to the multiple of it. */
export interface JpegSteps {
  readonly steps: Int32Array;
  readonly factors: Float64Array;
}

/**
 * libjpeg's round trip of an image, in place, with chroma at a part of the resolution (1 or 2 `across` and `down`),
 * and steps of luma and chroma. False, with nothing done, without WebAssembly.
 */
export function jpegInMemory(
  { width, height, data }: Planar,
  across: 1 | 2,
  down: 1 | 2,
  steps: readonly JpegSteps[],
): boolean {
  const stride = roundUp(width, 8 * across);
  const bytes = 4 * stride * roundUp(height, 8 * down) + 2 * stride + 1024;
  const tables = new Float64Array(steps.length * 96);
  steps.forEach((one, i) => {
    new Int32Array(tables.buffer, i * 768, 64).set(one.steps);
    tables.set(one.factors, i * 96 + 32);
  });
  let done = false;
  withScratch(bytes, (scratch) => {
    done = inMemory(data, [tables], (kernels, at, table) =>
      kernels.jpegCodec(at, width, height, across, down, table, scratch),
    );
  });
  return done;
}

const roundUp = (length: number, unit: number): number => Math.ceil(length / unit) * unit;
