import type { Rng } from '../random/rng.js';
import { clampUnit, combine, mix } from '../simd/float/index.js';
import type { Kernel } from './blur/kernels.js';
import type { FloatImage, Size } from './define.js';
import { filter2d, filterSeparable } from './filter2d.js';
import { fillNormal } from './normal.js';
import { resample } from './resample.js';
import type { Filter } from './resample-taps.js';

type NewImage = (width: number, height: number) => FloatImage;

/**
 * The kernels of the built-in operators, with SIMD where the machine has it and the same bytes where it has not. They
 * are fastest on images that come from `apply` or from the context, since these lie in the kernels' own memory.
 */
export interface Primitives {
  /**
   * Correlates each channel with a square kernel of odd edge, in place; borders are reflected, and nothing is
   * clamped.
   */
  filter2d(image: FloatImage, kernel: Kernel): void;
  /** The same for the product of a row of odd length with itself, such as `gaussianRow(size, sigma)`. */
  filterSeparable(image: FloatImage, row: Float32Array): void;
  /**
   * Antialiased resize, as in Pillow and torch, without a clamp. Returns another image, or the same one when it has
   * that size already.
   */
  resample(image: FloatImage, to: Size, filter: Filter): FloatImage;
  /** Fills an array with standard normal deviates: what as many calls of `rng.normal()` give, but faster. */
  fillNormal(rng: Rng, out: Float32Array): void;
  /** out = a * first + b * second, value by value. `out` may be `a` or `b`; all have one length. */
  combine(out: Float32Array, a: Float32Array, first: number, b: Float32Array, second: number): void;
  /** out = out + mask * (other - out), value by value: `other` where the mask is 1. */
  mix(out: Float32Array, other: Float32Array, mask: Float32Array): void;
  /** Brings values into [0, 1], in place. */
  clamp(values: Float32Array): void;
}

/** The kernels, taking what they need for scratch from `newImage`. */
export function primitivesWith(newImage: NewImage): Primitives {
  return {
    filter2d: (image, kernel) => filter2d(image, kernel, newImage),
    filterSeparable: (image, row) => filterSeparable(image, row, newImage),
    resample: (image, to, filter) => resample(image, to, filter, newImage),
    fillNormal,
    combine,
    mix,
    clamp: clampUnit,
  };
}
