import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { defineDegradation, type FloatImage } from '../define.js';
import { range } from '../range.js';
import { drawWord, words } from '../words.js';
import { jpegCodec, type Subsampling, subsamplings } from './codec.js';
import { jpegModel } from './model.js';

const options = z
  .strictObject({
    quality: range(z.number().min(1).max(100))
      .default([30, 95])
      .describe('Quality; whole numbers with `codec`, any with `model`.'),
    form: z
      .enum(['codec', 'model'])
      .default('codec')
      .describe('codec: libjpeg. model: the 8 x 8 DCT with which Real-ESRGAN was trained.'),
    subsampling: words(subsamplings)
      .default({ '4:2:0': 1 })
      .describe('Resolution of the chroma (codec only; the model has 4:2:0).'),
  })
  .refine((o) => o.form === 'model' || Math.ceil(o.quality[0]) <= Math.floor(o.quality[1]), {
    message: 'the range holds no whole number',
    path: ['quality'],
  })
  .describe('Compress as JPEG and decode again.');

type Params =
  | { readonly form: 'codec'; readonly quality: number; readonly subsampling: Subsampling }
  | { readonly form: 'model'; readonly quality: number };

function sample(rng: Rng, { form, quality: [low, high], subsampling }: z.infer<typeof options>): Params {
  if (form === 'model') return { form, quality: rng.uniform(low, high) };
  const quality = rng.int(Math.ceil(low), Math.floor(high));
  return { form, quality, subsampling: drawWord(rng, subsampling) };
}

function apply(image: FloatImage, params: Params): FloatImage {
  if (params.form === 'model') jpegModel(image, params.quality);
  else jpegCodec(image, params.quality, params.subsampling);
  return image;
}

/**
 * A round trip through JPEG. `codec` rounds to 8 bits, encodes and decodes with libjpeg. `model` is
 * DiffJPEG(differentiable=False) of BasicSR: luminance table transposed, black padding to blocks of 16, no 8-bit
 * rounding, real qualities; at quality 100, where the original gives NaN, nothing is quantised.
 */
export const jpeg = defineDegradation({
  name: 'jpeg',
  finite: true,
  options,
  sample,
  apply,
  // One block of 16 x 16 pixels; the grid of blocks begins where the image is cut.
  reach: () => 16,
});
