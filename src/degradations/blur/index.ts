import { type DegradationContext, defineDegradation, type FloatImage } from '../define.js';
import { filter2d, filterSeparable } from '../filter2d.js';
import {
  bivariateWeights,
  discWeights,
  gaussianRow,
  type Kernel,
  kernelOf,
  type Profile,
  roundWeights,
  sincWeights,
} from './kernels.js';
import { median } from './median.js';
import { motionWeights } from './motion.js';
import { options } from './options.js';
import { type Params, sample } from './sample.js';

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

function apply(image: FloatImage, params: Params, ctx: DegradationContext): FloatImage {
  switch (params.kernel) {
    case 'iso':
      filterSeparable(image, gaussianRow(params.size, params.sigma), ctx.image);
      return image;
    case 'box':
      filterSeparable(image, new Float32Array(params.size).fill(1 / params.size), ctx.image);
      return image;
    case 'median':
      return median(image, params.size, ctx.image);
    default:
      filter2d(image, kernelFor(params), ctx.image);
      return image;
  }
}

/** Families whose kernel is not the product of a row with itself. */
type Whole = Exclude<Params, { readonly kernel: 'iso' | 'box' | 'median' }>;

function kernelFor(params: Whole): Kernel {
  switch (params.kernel) {
    case 'generalized_iso':
    case 'plateau_iso':
      return kernelOf(roundWeights(profileOf(params.kernel), params.size, params.sigma, params.beta));
    case 'aniso':
    case 'generalized_aniso':
    case 'plateau_aniso': {
      const { kernel, size, sigma, angle } = params;
      const beta = 'beta' in params ? params.beta : undefined;
      return kernelOf(bivariateWeights(profileOf(kernel), size, sigma[0], sigma[1], radians(angle), beta));
    }
    case 'sinc':
      return kernelOf(sincWeights(params.size, params.omega));
    case 'motion':
      return kernelOf(motionWeights(params.length, radians(params.angle)));
    case 'lens':
      return kernelOf(discWeights(params.radius));
  }
}

function profileOf(family: Whole['kernel']): Profile {
  if (family.startsWith('generalized')) return 'generalized';
  return family.startsWith('plateau') ? 'plateau' : 'gaussian';
}

function reach(params: Params): number {
  if (params.kernel === 'motion') return Math.ceil(params.length / 2);
  if (params.kernel === 'lens') return Math.ceil(params.radius);
  return params.size >> 1;
}

/**
 * out(p) = sum over d of k(d) image(p + d), borders reflected, with a kernel k of a random family: the seven
 * of Real-ESRGAN (BasicSR's random_mixed_kernels, circular_lowpass_kernel and filter2D; formulas in
 * kernels.ts), a box, a straight motion, a lens out of focus; or the median of a square. Values that a sinc
 * kernel drives out of [0, 1] are kept, as there.
 */
export const blur = defineDegradation({ name: 'blur', finite: true, options, sample, apply, reach });
