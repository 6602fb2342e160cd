import { z } from 'zod';
import { kernelOf, sincWeights } from '../blur/kernels.js';
import { kernelEdge } from '../blur/options.js';
import { drawOdd } from '../blur/sample.js';
import { defineDegradation } from '../define.js';
import { filter2d } from '../filter2d.js';
import { range } from '../range.js';

const options = z
  .strictObject({
    size: range(kernelEdge).default([7, 21]).describe('Edge of the kernel in pixels; odd numbers only.'),
    omega: range(z.number().gt(0).max(Math.PI))
      .default([Math.PI / 3, Math.PI])
      .describe('Cut-off frequency in radians per pixel; pi lets everything pass.'),
  })
  .describe('Circular low-pass (sinc) filter: ringing and overshoot.');

type Params = { readonly size: number; readonly omega: number };

/**
 * Filters with omega J1(omega r) / (2 pi r), cut to a square of `size` pixels and normalised, borders
 * reflected; no clamp (the final filter of Real-ESRGAN: BasicSR's circular_lowpass_kernel and filter2D).
 */
export const sinc = defineDegradation({
  name: 'sinc',
  finite: true,
  options,
  sample: (rng, { size, omega }): Params => ({ size: drawOdd(rng, size), omega: rng.uniform(...omega) }),
  apply(image, { size, omega }: Params, ctx) {
    filter2d(image, kernelOf(sincWeights(size, omega)), ctx.image);
    return image;
  },
  reach: ({ size }) => size >> 1,
});
