import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationContext, defineDegradation, type FloatImage } from '../define.js';
import { fillNormal } from '../normal.js';
import { probability, range } from '../range.js';

const options = z
  .strictObject({
    sigma: range(z.number().min(0).max(255))
      .default([1, 30])
      .describe('Standard deviation in white, of 255 levels; in darker places less in proportion.'),
    gray_prob: probability.default(0).describe('Probability that the three channels get the same noise.'),
  })
  .describe('Multiply with normally distributed noise.');

type Params = { readonly sigma: number; readonly gray: boolean; readonly seed: string };

function sample(rng: Rng, { sigma, gray_prob }: z.infer<typeof options>): Params {
  return { sigma: rng.uniform(...sigma), gray: rng.chance(gray_prob), seed: rng.seed() };
}

function apply(image: FloatImage, { sigma, gray, seed }: Params, ctx: DegradationContext): FloatImage {
  const { width, height, data } = image;
  const plane = width * height;
  const field = ctx.image(width, height).data.subarray(0, gray ? plane : 3 * plane);
  fillNormal(ctx.rng(seed), field);
  const strength = sigma / 255;
  for (let from = 0; from < data.length; from += field.length) {
    for (let i = 0; i < field.length; i++) {
      const value = data[from + i] * (1 + strength * field[i]);
      data[from + i] = Math.min(1, Math.max(0, value));
    }
  }
  return image;
}

/** out = clip(image * (1 + sigma / 255 * N(0, 1)), 0, 1). */
export const speckleNoise = defineDegradation({
  name: 'speckle_noise',
  options,
  sample,
  apply,
  reach: () => 0,
});
