import { z } from 'zod';
import { lendState, type Rng } from '../../random/rng.js';
import {
  combineClamped,
  countLevels,
  drawLevels,
  drawLevelsPlain,
  toLevels,
} from '../../simd/float/index.js';
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
  const noise = ctx.image(image.width, image.height).data.subarray(0, levels.length);
  drawNoise(ctx.rng(seed), levels, noise);
  for (let from = 0; from < data.length; from += noise.length) {
    const part = data.subarray(from, from + noise.length);
    combineClamped(part, part, 1, noise, scale);
  }
  return image;
}

/** Poisson(level / 255 * vals) / vals - level / 255. */
function drawNoise(rng: Rng, levels: Uint8ClampedArray, noise: Float32Array): void {
  const vals = countedLevels(levels);
  const tables = poissonTables(vals);
  if (lendState(rng, (state) => drawLevels(state, levels, tables, 1 / vals, noise))) return;
  drawLevelsPlain(() => rng.uniform(), levels, tables, 1 / vals, noise);
}

/** Used again by each call; a call never waits, so there is one at a time. */
let scratch = new Uint8ClampedArray(0);

function levelsFor(length: number): Uint8ClampedArray {
  if (scratch.length < length) scratch = new Uint8ClampedArray(length);
  return scratch.subarray(0, length);
}

/** Values as 8-bit levels, rounded half to even. */
function allLevels(data: Float32Array): Uint8ClampedArray {
  const levels = levelsFor(data.length);
  toLevels(data, levels);
  return levels;
}

/** The same of the luma that torchvision uses. */
function grayLevels(data: Float32Array): Uint8ClampedArray {
  const plane = data.length / 3;
  const levels = levelsFor(plane);
  for (let i = 0; i < plane; i++) {
    levels[i] = Math.fround((0.2989 * data[i] + 0.587 * data[i + plane] + 0.114 * data[i + 2 * plane]) * 255);
  }
  return levels;
}

/** The number of levels that occur, raised to a power of two. */
function countedLevels(levels: Uint8ClampedArray): number {
  const count = countLevels(levels);
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
  finite: true,
  options,
  sample,
  apply,
  reach: () => 0,
});
