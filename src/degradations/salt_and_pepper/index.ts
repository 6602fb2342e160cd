import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationContext, defineDegradation, type FloatImage } from '../define.js';
import { probability, range } from '../range.js';

const options = z
  .strictObject({
    amount: range(probability).default([0.001, 0.02]).describe('Share of the pixels that are hit.'),
    salt: probability.default(0.5).describe('Share of white among those; the others become black.'),
    gray_prob: probability
      .default(1)
      .describe('Probability that whole pixels are hit; otherwise each channel is hit by itself.'),
  })
  .describe('Set scattered pixels to white or black.');

type Params = {
  readonly amount: number;
  readonly salt: number;
  readonly gray: boolean;
  readonly seed: string;
};

function sample(rng: Rng, { amount, salt, gray_prob }: z.infer<typeof options>): Params {
  return { amount: rng.uniform(...amount), salt, gray: rng.chance(gray_prob), seed: rng.seed() };
}

function apply(image: FloatImage, { amount, salt, gray, seed }: Params, ctx: DegradationContext): FloatImage {
  const { data } = image;
  const rng = ctx.rng(seed);
  const white = amount * salt;
  const length = gray ? data.length / 3 : data.length;
  for (let i = 0; i < length; i++) {
    const draw = rng.uniform();
    if (draw >= amount) continue;
    for (let at = i; at < data.length; at += length) data[at] = draw < white ? 1 : 0;
  }
  return image;
}

/** Each pixel becomes 1 with probability amount * salt, 0 with amount * (1 - salt). */
export const saltAndPepper = defineDegradation({
  name: 'salt_and_pepper',
  options,
  sample,
  apply,
  reach: () => 0,
});
