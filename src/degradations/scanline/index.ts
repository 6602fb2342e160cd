import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { defineDegradation, type FloatImage } from '../define.js';
import { probability, range } from '../range.js';
import { drawWord, words } from '../words.js';

const patterns = ['line', 'sin'] as const;

const options = z
  .strictObject({
    pattern: words(patterns)
      .default({ line: 1 })
      .describe('line: dark lines; sin: a soft wave of brightness.'),
    period: range(z.number().min(2).max(1024)).default([2, 4]).describe('Distance of the lines in pixels.'),
    width: range(z.number().gt(0).lt(1))
      .default([0.5, 0.5])
      .describe('Part of the period that is dark (line only).'),
    strength: range(probability).default([0.1, 0.5]).describe('How much darker: 1 is black.'),
    phase: range(probability).default([0, 1]).describe('Where the pattern begins, in periods.'),
    vertical_prob: probability.default(0).describe('Probability of vertical instead of horizontal lines.'),
  })
  .describe('Darken lines, as on a screen, or lay a sine wave over the image.');

type Params = {
  readonly pattern: (typeof patterns)[number];
  readonly period: number;
  readonly width: number;
  readonly strength: number;
  readonly phase: number;
  readonly vertical: boolean;
};

function sample(rng: Rng, given: z.infer<typeof options>): Params {
  return {
    pattern: drawWord(rng, given.pattern),
    period: rng.uniform(...given.period),
    width: rng.uniform(...given.width),
    strength: rng.uniform(...given.strength),
    phase: rng.uniform(...given.phase),
    vertical: rng.chance(given.vertical_prob),
  };
}

/** What a row or column is multiplied with. */
function factor({ pattern, period, width, strength, phase }: Params, position: number): number {
  const turns = position / period + phase;
  const within = turns - Math.floor(turns);
  if (pattern === 'line') return within < width ? 1 - strength : 1;
  return 1 - strength * (0.5 + 0.5 * Math.sin(2 * Math.PI * within));
}

function apply(image: FloatImage, params: Params): FloatImage {
  const { width, height, data } = image;
  const length = params.vertical ? width : height;
  const factors = Float64Array.from({ length }, (_, position) => factor(params, position));
  for (let row = 0, at = 0; row < 3 * height; row++) {
    for (let x = 0; x < width; x++, at++) data[at] *= factors[params.vertical ? x : row % height];
  }
  return image;
}

/**
 * out = image * (1 - strength * p) with p, at row or column y, 1 in the first `width` of each period and 0 in the rest
 * (line), or (1 + sin(2 pi (y / period + phase))) / 2 (sin).
 */
export const scanline = defineDegradation({ name: 'scanline', options, sample, apply, reach: () => 0 });
