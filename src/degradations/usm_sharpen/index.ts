import { z } from 'zod';
import { defineDegradation } from '../define.js';
import { sharpen, usmEdge } from './usm.js';

const options = z
  .strictObject({
    weight: z.number().min(0).max(10).default(0.5).describe('How much of the detail is added once more.'),
    radius: z
      .number()
      .int()
      .min(1)
      .max(101)
      .default(50)
      .describe('Edge of the Gaussian in pixels, made odd; its sigma is 0.15 edge + 0.35, so 8 for 51.'),
    threshold: z
      .number()
      .min(0)
      .max(255)
      .default(10)
      .describe('Detail weaker than this, of 255 levels, stays as it is.'),
  })
  .describe("Sharpen with a soft unsharp mask, as Real-ESRGAN's training images are.");

type Params = { readonly weight: number; readonly radius: number; readonly threshold: number };

/** Unsharp mask where there is detail, see `sharpen` (BasicSR's USMSharp). Nothing is drawn. */
export const usmSharpen = defineDegradation({
  name: 'usm_sharpen',
  finite: true,
  options,
  sample: (_rng, { weight, radius, threshold }): Params => ({ weight, radius, threshold }),
  apply(image, params: Params, ctx) {
    sharpen(image, params, ctx.image, ctx.part);
    return image;
  },
  // One blur finds the detail, another one softens the mask.
  reach: ({ radius }) => 2 * (usmEdge(radius) >> 1),
});
