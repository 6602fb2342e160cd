import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { combineClamped } from '../../simd/float/index.js';
import { type DegradationContext, defineDegradation, type FloatImage, type SampleInfo } from '../define.js';
import { fillNormal } from '../normal.js';
import { probability, range } from '../range.js';

const options = z
  .strictObject({
    sigma: range(z.number().min(0).max(255)).default([1, 30]).describe('Standard deviation, of 255 levels.'),
    gray_prob: probability.default(0).describe('Probability that the three channels get the same noise.'),
    gray_field: z
      .enum(['sample', 'batch'])
      .default('sample')
      .describe('Draw the field of such noise for every pair, or once for a batch as the original does.'),
  })
  .describe('Add normally distributed noise.');

type Params = { readonly sigma: number; readonly gray: boolean; readonly seed: string };

type Options = z.infer<typeof options>;

function sample(rng: Rng, { sigma, gray_prob, gray_field }: Options, { batch }: SampleInfo): Params {
  const [drawn, gray, own] = [rng.uniform(...sigma), rng.chance(gray_prob), rng.seed()];
  const shared = gray && gray_field === 'batch' ? batch : undefined;
  return { sigma: drawn, gray, seed: shared ?? own };
}

function apply(image: FloatImage, { sigma, gray, seed }: Params, ctx: DegradationContext): FloatImage {
  const { width, height, data } = image;
  const plane = width * height;
  const field = ctx.image(width, height).data.subarray(0, gray ? plane : 3 * plane);
  fillNormal(ctx.rng(seed), field);
  for (let from = 0; from < data.length; from += field.length) {
    const part = data.subarray(from, from + field.length);
    combineClamped(part, part, 1, field, sigma / 255);
  }
  return image;
}

/** out = clip(image + sigma / 255 * N(0, 1), 0, 1), as BasicSR's random_add_gaussian_noise_pt with clip. */
export const gaussianNoise = defineDegradation({
  name: 'gaussian_noise',
  finite: true,
  options,
  sample,
  apply,
  reach: () => 0,
});
