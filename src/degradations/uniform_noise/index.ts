import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationContext, defineDegradation, type FloatImage } from '../define.js';
import { probability, range } from '../range.js';

const options = z
  .strictObject({
    amplitude: range(z.number().min(0).max(255)).default([1, 30]).describe('Largest change, of 255 levels.'),
    gray_prob: probability.default(0).describe('Probability that the three channels get the same noise.'),
  })
  .describe('Add evenly distributed noise.');

type Params = { readonly amplitude: number; readonly gray: boolean; readonly seed: string };

function sample(rng: Rng, { amplitude, gray_prob }: z.infer<typeof options>): Params {
  return { amplitude: rng.uniform(...amplitude), gray: rng.chance(gray_prob), seed: rng.seed() };
}

function apply(image: FloatImage, { amplitude, gray, seed }: Params, ctx: DegradationContext): FloatImage {
  const { data } = image;
  const rng = ctx.rng(seed);
  const strength = amplitude / 255;
  const length = gray ? data.length / 3 : data.length;
  for (let i = 0; i < length; i++) {
    const noise = strength * rng.uniform(-1, 1);
    for (let at = i; at < data.length; at += length) data[at] = Math.min(1, Math.max(0, data[at] + noise));
  }
  return image;
}

/** out = clip(image + amplitude / 255 * U(-1, 1), 0, 1). */
export const uniformNoise = defineDegradation({
  name: 'uniform_noise',
  options,
  sample,
  apply,
  reach: () => 0,
});
