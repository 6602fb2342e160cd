import { z } from 'zod';
import type { Rng } from '../../random/rng.js';
import { type DegradationContext, defineDegradation, type FloatImage } from '../define.js';
import { filter2d, filterSeparable } from '../filter2d.js';
import { type Range, range } from '../range.js';
import { gaussianKernel, gaussianRow } from './kernels.js';

const odd = z
  .number()
  .int()
  .min(1)
  .max(101)
  .refine((n) => n % 2 === 1, { message: 'kernel sizes are odd numbers' });
const weight = z.number().min(0);

const kernels = z
  .strictObject({
    iso: weight.default(0).describe('Round Gaussian.'),
    aniso: weight.default(0).describe('Gaussian with two widths, turned by `angle`.'),
  })
  .refine((weights) => Object.values(weights).some((w) => w > 0), { message: 'every kernel has weight 0' });

const options = z
  .strictObject({
    kernels: kernels.default({ iso: 1, aniso: 0 }).describe('Kernel families and their weights.'),
    size: range(odd).default([7, 21]).describe('Edge of the kernel in pixels; odd numbers only.'),
    sigma: range(z.number().min(0).max(100)).default([0.2, 3]).describe('Standard deviation in pixels.'),
    angle: range(z.number().min(-360).max(360)).default([-180, 180]).describe('Rotation in degrees (aniso).'),
  })
  .describe('Blur with a Gaussian kernel.');

type Options = z.infer<typeof options>;

/** Size and sigmas in pixels, angle in degrees, clockwise from the horizontal. */
type Params =
  | { readonly kernel: 'iso'; readonly size: number; readonly sigma: number }
  | { readonly kernel: 'aniso'; readonly size: number; readonly sigma: Range; readonly angle: number };

function sample(rng: Rng, { kernels, size: [least, most], sigma, angle }: Options): Params {
  const size = least + 2 * rng.int(0, (most - least) / 2);
  const kernel = rng.choice(['iso', 'aniso'] as const, [kernels.iso, kernels.aniso]);
  // The same number of draws for every family.
  const drawn: Range = [rng.uniform(...sigma), rng.uniform(...sigma)];
  const turned = rng.uniform(...angle);
  return kernel === 'iso' ? { kernel, size, sigma: drawn[0] } : { kernel, size, sigma: drawn, angle: turned };
}

function apply(image: FloatImage, params: Params, ctx: DegradationContext): FloatImage {
  if (params.kernel === 'iso') {
    filterSeparable(image, gaussianRow(params.size, params.sigma), ctx.image);
    return image;
  }
  const [sigmaX, sigmaY] = params.sigma;
  const theta = (params.angle * Math.PI) / 180;
  filter2d(image, gaussianKernel(params.size, sigmaX, sigmaY, theta), ctx.image);
  return image;
}

/** Convolution with a Gaussian kernel, borders reflected (BasicSR's random_bivariate_Gaussian and filter2D). */
export const blur = defineDegradation({
  name: 'blur',
  options,
  sample,
  apply,
  reach: ({ size }) => size >> 1,
});
