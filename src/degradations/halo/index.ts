import { z } from 'zod';
import { combineClamped, differs, mix } from '../../simd/float/index.js';
import { gaussianRow } from '../blur/kernels.js';
import { defineDegradation, type FloatImage } from '../define.js';
import { filterSeparable } from '../filter2d.js';
import { range } from '../range.js';

const options = z
  .strictObject({
    amount: range(z.number().min(0).max(20))
      .default([0.5, 3])
      .describe('How many times the detail is added once more.'),
    radius: range(z.number().min(0).max(30))
      .default([0.5, 3])
      .describe('Standard deviation of the Gaussian in pixels: the width of the halo.'),
    threshold: range(z.number().min(0).max(255))
      .default([0, 0])
      .describe('Detail weaker than this, of 255 levels, stays as it is.'),
  })
  .describe('Halo: an unsharp mask, overdone.');

type Params = { readonly amount: number; readonly radius: number; readonly threshold: number };

/** Pixels from the centre of a Gaussian to its edge: three standard deviations. */
const reachOf = (radius: number): number => Math.ceil(3 * radius);

function apply(
  image: FloatImage,
  { amount, radius, threshold }: Params,
  newImage: (width: number, height: number) => FloatImage,
): FloatImage {
  const { width, height, data } = image;
  const blurred = newImage(width, height);
  blurred.data.set(data);
  filterSeparable(blurred, gaussianRow(2 * reachOf(radius) + 1, radius), newImage);
  if (threshold === 0) {
    combineClamped(data, data, 1 + amount, blurred.data, -amount);
    return image;
  }
  const mask = newImage(width, height);
  differs(mask.data, data, blurred.data, 255, threshold);
  combineClamped(blurred.data, data, 1 + amount, blurred.data, -amount);
  mix(data, blurred.data, mask.data);
  return image;
}

/**
 * out = clip(image + amount (image - G(image)), 0, 1) where 255 |image - G(image)| > threshold, G a Gaussian
 * of `radius` pixels with borders reflected: the unsharp mask of photo editors, with amounts that leave light
 * and dark seams along edges.
 */
export const halo = defineDegradation({
  name: 'halo',
  options,
  sample: (rng, { amount, radius, threshold }): Params => ({
    amount: rng.uniform(...amount),
    radius: rng.uniform(...radius),
    threshold: rng.uniform(...threshold),
  }),
  apply: (image, params: Params, ctx) => apply(image, params, ctx.image),
  reach: ({ radius }) => reachOf(radius),
});
