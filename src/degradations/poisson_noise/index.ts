import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationContext, defineDegradation, type FloatImage } from '../define.js';
import { probability, range } from '../range.js';
import { poissonTables } from './tables.js';

const options = z
  .strictObject({
    scale: range(z.number().min(0).max(100))
      .default([0.05, 3])
      .describe('Strength: 1 is the noise of so many photons a level as the image has levels.'),
    gray_prob: probability.default(0).describe('Probability that the three channels get the same noise.'),
  })
  .describe('Add shot noise, which follows the Poisson distribution.');

type Params = { readonly scale: number; readonly gray: boolean; readonly seed: string };

function sample(rng: Rng, { scale, gray_prob }: z.infer<typeof options>): Params {
  return { scale: rng.uniform(...scale), gray: rng.chance(gray_prob), seed: rng.seed() };
}

function apply(image: FloatImage, { scale, gray, seed }: Params, ctx: DegradationContext): FloatImage {
  const { data } = image;
  const levels = gray ? grayLevels(data) : allLevels(data);
  const vals = countedLevels(levels);
  const { offsets, thresholds, own, other } = poissonTables(vals);
  const rng = ctx.rng(seed);
  const { length } = levels;
  const base = Float64Array.from({ length: 256 }, (_, k) => k / 255);
  for (let i = 0; i < length; i++) {
    const level = levels[i];
    const from = offsets[level];
    const draw = rng.uniform() * (offsets[level + 1] - from);
    const column = Math.floor(draw);
    const drawn = draw - column < thresholds[from + column] ? own[from + column] : other[from + column];
    const noise = (drawn / vals - base[level]) * scale;
    for (let at = i; at < data.length; at += length) {
      data[at] = Math.min(1, Math.max(0, data[at] + noise));
    }
  }
  return image;
}

/** Values as 8-bit levels, rounded half to even. */
function allLevels(data: Float32Array): Uint8ClampedArray {
  const levels = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) levels[i] = Math.fround(data[i] * 255);
  return levels;
}

/** The same of the luma that torchvision uses. */
function grayLevels(data: Float32Array): Uint8ClampedArray {
  const plane = data.length / 3;
  const levels = new Uint8ClampedArray(plane);
  for (let i = 0; i < plane; i++) {
    levels[i] = Math.fround((0.2989 * data[i] + 0.587 * data[i + plane] + 0.114 * data[i + 2 * plane]) * 255);
  }
  return levels;
}

/** The number of levels that occur, raised to a power of two. */
function countedLevels(levels: Uint8ClampedArray): number {
  const seen = new Uint8Array(256);
  for (let i = 0; i < levels.length; i++) seen[levels[i]] = 1;
  const count = seen.reduce((sum, one) => sum + one, 0);
  let vals = 1;
  while (vals < count) vals *= 2;
  return vals;
}

/**
 * out = clip(image + scale * (Poisson(base * vals) / vals - base), 0, 1), with base the image in 8 bits and
 * vals the number of levels it has, raised to a power of two (BasicSR's random_add_poisson_noise_pt with
 * clip). The fewer levels, the stronger the noise. Gray noise comes from the luma and is added to all three
 * channels. Levels are counted in the part of the image that is degraded.
 */
export const poissonNoise = defineDegradation({
  name: 'poisson_noise',
  options,
  sample,
  apply,
  reach: () => 0,
});
