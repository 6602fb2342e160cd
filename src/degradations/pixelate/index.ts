import { z } from 'zod';
import { defineDegradation, type FloatImage } from '../define.js';
import { range } from '../range.js';

const options = z
  .strictObject({
    size: range(z.number().int().min(1).max(256)).default([2, 8]).describe('Edge of a block in pixels.'),
  })
  .describe('Give every block of pixels its mean.');

type Params = { readonly size: number };

function apply(image: FloatImage, { size }: Params): FloatImage {
  const { width, height } = image;
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      const right = Math.min(width, left + size);
      const bottom = Math.min(height, top + size);
      for (let plane = 0; plane < 3; plane++) {
        flatten(image.data.subarray(plane * width * height), width, left, top, right, bottom);
      }
    }
  }
  return image;
}

function flatten(
  plane: Float32Array,
  width: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) sum += plane[y * width + x];
  }
  const mean = sum / ((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++) plane.fill(mean, y * width + left, y * width + right);
}

/** Means over blocks of size x size from the upper left corner; blocks at the far borders may be smaller. */
export const pixelate = defineDegradation({
  name: 'pixelate',
  options,
  sample: (rng, { size }): Params => ({ size: rng.int(...size) }),
  apply,
  reach: ({ size }) => size - 1,
});
