import type { DegradationContext, FloatImage } from '../../src/degradations/define.js';
import { primitivesWith } from '../../src/degradations/primitives.js';
import type { Pixels } from '../../src/images/pixels.js';
import { createRng } from '../../src/random/rng.js';
import { readNpy } from '../npy.js';
import { fixture } from '../root.js';

export const golden = (name: string) => readNpy(fixture('degradations', `${name}.npy`));

/** One picture of a [batch, 3, h, w] or [3, h, w] array. */
export function goldenImage(name: string, index = 0): FloatImage {
  const { shape, data } = golden(name);
  const [height, width] = shape.slice(-2);
  const size = 3 * width * height;
  return { width, height, data: data.slice(index * size, (index + 1) * size) };
}

export function randomImage(width: number, height: number, seed = 'image'): FloatImage {
  const rng = createRng(seed);
  return { width, height, data: Float32Array.from({ length: 3 * width * height }, () => rng.uniform()) };
}

export function constantImage(width: number, height: number, value: number): FloatImage {
  return { width, height, data: new Float32Array(3 * width * height).fill(value) };
}

/** A view into a larger picture, as crops are. */
export function randomPixels(width: number, height: number, channels: 3 | 4 = 3): Pixels {
  const rng = createRng(`${width}x${height}`);
  const stride = (width + 5) * channels;
  const all = Uint8Array.from({ length: stride * (height + 2) }, () => rng.int(0, 255));
  return { data: all.subarray(stride + 2 * channels), width, height, channels, stride };
}

export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}

export function context(gt: { width: number; height: number }, scale = 4): DegradationContext {
  // What an image from the context holds is not known.
  const image = (width: number, height: number): FloatImage => constantImage(width, height, Number.NaN);
  return { scale, gt, rng: createRng, image, simd: primitivesWith(image), warn: () => {} };
}
