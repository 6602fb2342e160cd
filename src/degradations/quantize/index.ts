import { z } from 'zod';
import { defineDegradation, type FloatImage } from '../define.js';
import {
  createQuantizer,
  onlyOne,
  type QuantizerParams,
  quantizerOptions,
  sampleQuantizer,
} from '../quantizer.js';

const options = z
  .strictObject(quantizerOptions)
  .refine(onlyOne, { message: 'give either levels or colors' })
  .describe('Reduce the number of colours, without dithering.');

function apply(image: FloatImage, params: QuantizerParams): FloatImage {
  const { data } = image;
  const plane = data.length / 3;
  const quantize = createQuantizer(params, data);
  const colour = new Float64Array(3);
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) colour[channel] = data[i + channel * plane];
    quantize(colour);
    for (let channel = 0; channel < 3; channel++) data[i + channel * plane] = colour[channel];
  }
  return image;
}

/** out = round(image * (levels - 1)) / (levels - 1), or the nearest colour of a palette. */
export const quantize = defineDegradation({
  name: 'quantize',
  options,
  sample: sampleQuantizer,
  apply,
  reach: (params) => ('levels' in params ? 0 : Number.POSITIVE_INFINITY),
});
