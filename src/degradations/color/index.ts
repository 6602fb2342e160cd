import { z } from 'zod';
import { fixedExp, fixedLog } from '../../random/fixed-math.js';
import type { Rng } from '../../random/rng.js';
import { defineDegradation, type FloatImage } from '../define.js';
import { range } from '../range.js';

const level = z.number().min(0).max(255);

const options = z
  .strictObject({
    low: range(level).default([0, 10]).describe('Level that black becomes.'),
    high: range(level).default([240, 255]).describe('Level that white becomes.'),
    gamma: range(z.number().min(0.1).max(10)).default([0.9, 1.1]).describe('Exponent; above 1 darkens.'),
    saturation: range(z.number().min(0).max(4)).default([1, 1]).describe('0 is gray, 1 leaves the colours.'),
  })
  .refine(({ low, high }) => low[1] <= high[0], {
    message: '`low` must end below where `high` begins',
    path: ['low'],
  })
  .describe('Change levels, gamma and saturation.');

type Params = {
  readonly low: number;
  readonly high: number;
  readonly gamma: number;
  readonly saturation: number;
};

function sample(rng: Rng, { low, high, gamma, saturation }: z.infer<typeof options>): Params {
  return {
    low: rng.uniform(...low),
    high: rng.uniform(...high),
    gamma: rng.uniform(...gamma),
    saturation: rng.uniform(...saturation),
  };
}

/** Intervals of the table of levels; its places lie evenly in the square root, where the curve is steepest. */
const intervals = 4096;

function levelTable({ low, high, gamma }: Params): Float64Array {
  return Float64Array.from({ length: intervals + 2 }, (_, i) => {
    const root = Math.min(i, intervals) / intervals;
    const power = root === 0 ? 0 : fixedExp(2 * gamma * fixedLog(root));
    return (low + (high - low) * power) / 255;
  });
}

function apply(image: FloatImage, params: Params): FloatImage {
  const { data } = image;
  const plane = data.length / 3;
  const { saturation } = params;
  const table = levelTable(params);
  const levels = (value: number): number => {
    const place = Math.sqrt(Math.min(1, Math.max(0, value))) * intervals;
    const before = Math.floor(place);
    return table[before] + (place - before) * (table[before + 1] - table[before]);
  };
  for (let i = 0; i < plane; i++) {
    const luma = 0.299 * data[i] + 0.587 * data[i + plane] + 0.114 * data[i + 2 * plane];
    for (let at = i; at < data.length; at += plane) data[at] = levels(luma + saturation * (data[at] - luma));
  }
  return image;
}

/**
 * v = clip(luma + saturation * (image - luma), 0, 1); out = (low + (high - low) * v ^ gamma) / 255. The power comes
 * from a table and is exact to 1e-5 for gamma from 0.5 on.
 */
export const color = defineDegradation({ name: 'color', options, sample, apply, reach: () => 0 });
