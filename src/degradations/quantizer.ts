import { z } from 'zod';
import type { Rng } from '../random/rng.js';
import { medianCut, nearestColour } from './palette.js';
import { type Range, range } from './range.js';

/** Options of operators that reduce the number of colours; give one of the two. */
export const quantizerOptions = {
  levels: range(z.number().int().min(2).max(256))
    .optional()
    .describe('Evenly spaced levels of each channel.'),
  colors: range(z.number().int().min(2).max(256))
    .optional()
    .describe('Instead of `levels`: colours of a palette that is made for the image by median cut.'),
};

interface Given {
  readonly levels?: Range | undefined;
  readonly colors?: Range | undefined;
}

export const onlyOne = (given: Given): boolean => given.levels === undefined || given.colors === undefined;

/** Levels of each channel, or colours of a palette for the image. */
export type QuantizerParams = { readonly levels: number } | { readonly colors: number };

export function sampleQuantizer(rng: Rng, { levels, colors }: Given): QuantizerParams {
  return colors ? { colors: rng.int(...colors) } : { levels: rng.int(...(levels ?? [2, 16])) };
}

/** Replaces a colour, three values, by one that is allowed. */
export type Quantizer = (colour: Float64Array) => void;

export function createQuantizer(params: QuantizerParams, data: Float32Array): Quantizer {
  if ('levels' in params) {
    const most = params.levels - 1;
    return (colour) => {
      for (let i = 0; i < 3; i++) {
        const level = Math.floor(colour[i] * most + 0.5);
        colour[i] = Math.min(most, Math.max(0, level)) / most;
      }
    };
  }
  const palette = medianCut(data, params.colors);
  const nearest = nearestColour(palette);
  return (colour) => {
    const at = 3 * nearest(colour[0], colour[1], colour[2]);
    for (let i = 0; i < 3; i++) colour[i] = palette[at + i];
  };
}
