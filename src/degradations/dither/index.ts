import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { defineDegradation, type FloatImage } from '../define.js';
import {
  createQuantizer,
  onlyOne,
  type QuantizerParams,
  quantizerOptions,
  sampleQuantizer,
} from '../quantizer.js';
import { drawWord, words } from '../words.js';
import { ditherOrdered } from './bayer.js';
import { type DiffusionName, diffuse } from './diffusion.js';

const types = [
  'floyd_steinberg',
  'jarvis_judice_ninke',
  'stucki',
  'atkinson',
  'burkes',
  'sierra',
  'sierra_two_row',
  'sierra_lite',
  'bayer',
] as const satisfies readonly (DiffusionName | 'bayer')[];

const mapSize = z.literal([2, 4, 8, 16]);

const options = z
  .strictObject({
    type: words(types).default({ floyd_steinberg: 1 }).describe('Error diffusion, or ordered (bayer).'),
    map_size: z
      .union([mapSize, z.array(mapSize).min(1)])
      .default([2, 4, 8])
      .describe('Edge of the matrix in pixels, or several to draw from (bayer only).'),
    ...quantizerOptions,
  })
  .refine(onlyOne, { message: 'give either levels or colors' })
  .describe('Reduce the number of colours, with dithering.');

type Params = QuantizerParams & { readonly type: (typeof types)[number]; readonly map_size: number };

function sample(rng: Rng, { type, map_size, ...given }: z.infer<typeof options>): Params {
  return {
    type: drawWord(rng, type),
    map_size: rng.choice(typeof map_size === 'number' ? [map_size] : map_size),
    ...sampleQuantizer(rng, given),
  };
}

function apply(image: FloatImage, params: Params): FloatImage {
  const quantize = createQuantizer(params, image.data);
  if (params.type === 'bayer') ditherOrdered(image, params.map_size, distance(params), quantize);
  else diffuse(image, params.type, quantize);
  return image;
}

/** How far neighbouring colours are from each other, for a palette as if it filled the cube evenly. */
function distance(params: QuantizerParams): number {
  return 'levels' in params ? 1 / (params.levels - 1) : 1 / Math.cbrt(params.colors);
}

/**
 * Fewer colours with the error spread: ordered by a Bayer matrix, or by error diffusion (Floyd and Steinberg 1976,
 * Jarvis, Judice and Ninke 1976, Stucki 1981, Atkinson, Burkes 1988, Sierra 1989), to levels of each channel or to
 * a palette made for the image.
 */
export const dither = defineDegradation({
  name: 'dither',
  options,
  sample,
  apply,
  // Errors are handed on all the way from the first pixel.
  reach: (params) => (params.type === 'bayer' && 'levels' in params ? 0 : Number.POSITIVE_INFINITY),
});
