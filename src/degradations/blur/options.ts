import { z } from 'zod';
import { probability, range } from '../range.js';

/** Families of the original, in the order of its option files. */
export const originalFamilies = [
  'iso',
  'aniso',
  'generalized_iso',
  'generalized_aniso',
  'plateau_iso',
  'plateau_aniso',
] as const;

/** Families that are drawn by weight; the sinc filter has a probability of its own. */
export const weighted = [...originalFamilies, 'box', 'motion', 'lens', 'median'] as const;

export type Weighted = (typeof weighted)[number];

const weight = z.number().min(0).default(0);

const kernels = z
  .strictObject({
    iso: weight.describe('Round Gaussian.'),
    aniso: weight.describe('Gaussian with two widths, turned by `angle`.'),
    generalized_iso: weight.describe('Round generalised Gaussian, shaped by `betag`.'),
    generalized_aniso: weight.describe('Generalised Gaussian with two widths, turned by `angle`.'),
    plateau_iso: weight.describe('Round plateau with long tails, shaped by `betap`.'),
    plateau_aniso: weight.describe('Plateau with two widths, turned by `angle`.'),
    box: weight.describe('Mean of a square of `size` pixels.'),
    motion: weight.describe('Mean along a line of `length` pixels, turned by `angle`.'),
    lens: weight.describe('Mean of a disc of `radius` pixels: out of focus.'),
    median: weight.describe('Median of a square of `size` pixels.'),
  } satisfies Record<Weighted, z.ZodType>)
  .refine((weights) => Object.values(weights).some((w) => w > 0), { message: 'every kernel has weight 0' });

/** Edge of a kernel; shared with the other operators that draw one. */
export const kernelEdge = z
  .number()
  .int()
  .min(1)
  .max(101)
  .refine((n) => n % 2 === 1, { message: 'kernel sizes are odd numbers' });

const pixels = z.number().min(0);
const beta = z.number().gt(0).max(100);

export const options = z
  .strictObject({
    kernels: kernels.default(kernels.parse({ iso: 1 })).describe('Kernel families and their weights.'),
    sinc_prob: probability
      .default(0)
      .describe('Probability of a circular low-pass (sinc) kernel instead of the families above.'),
    size: range(kernelEdge).default([7, 21]).describe('Edge of the kernel in pixels; odd numbers only.'),
    sigma: range(pixels.max(100)).default([0.2, 3]).describe('Standard deviation in pixels.'),
    angle: range(z.number().min(-360).max(360))
      .default([-180, 180])
      .describe('Rotation in degrees, clockwise (aniso families, motion).'),
    betag: range(beta)
      .default([0.5, 4])
      .describe('Shape of the generalised families; half of the draws lie below 1, half above.'),
    betap: range(beta)
      .default([1, 2])
      .describe('Shape of the plateau families; half of the draws lie below 1 (at 1), half above.'),
    length: range(pixels.max(100)).default([3, 15]).describe('Length of a motion in pixels.'),
    radius: range(pixels.max(50)).default([1, 5]).describe('Radius of the disc of a lens in pixels.'),
  })
  .describe('Blur with a kernel of a random family.');

export type Options = z.infer<typeof options>;
