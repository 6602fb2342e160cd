import { fixedExp, fixedLog } from '../../random/fixed-math.js';
import { besselRatio } from './bessel.js';
import { rotation } from './rotation.js';

/** A square filter of odd `size`, row by row, with weights that add up to 1. */
export interface Kernel {
  readonly size: number;
  readonly weights: Float32Array;
}

/** How the families fall off: weight as a function of q, the squared distance in standard deviations. */
export const profiles = {
  /** exp(-q / 2) */
  gaussian: (q: number): number => decay(q),
  /** exp(-q^beta / 2): flat with steep sides above 1, peaked with long tails below. */
  generalized: (q: number, beta: number): number => decay(power(q, beta)),
  /** 1 / (1 + q^beta) */
  plateau: (q: number, beta: number): number => 1 / (1 + power(q, beta)),
} as const;

export type Profile = keyof typeof profiles;

/** Below this many pixels every kernel is a single point of the grid. */
const leastSigma = 1e-9;

/**
 * One row of an isotropic Gaussian kernel; the kernel is its product with itself.
 * exp(-x^2 / (2 sigma^2)) on the pixel grid, normalised (BasicSR's bivariate_Gaussian, isotropic).
 */
export function gaussianRow(size: number, sigma: number): Float32Array {
  const s = Math.max(sigma, leastSigma);
  const row = Float64Array.from({ length: size }, (_, i) => decay(((i - (size >> 1)) / s) ** 2));
  return Float32Array.from(normalise(row));
}

/**
 * Weights of an anisotropic kernel in float64, normalised: standard deviations `sigmaX` and `sigmaY` in pixels
 * along its own axes, turned by `theta` radians from the columns' direction towards the rows' (clockwise on
 * screen); `beta` is not used by the Gaussian (BasicSR's bivariate_Gaussian, bivariate_generalized_Gaussian,
 * bivariate_plateau).
 */
export function bivariateWeights(
  profile: Profile,
  size: number,
  sigmaX: number,
  sigmaY: number,
  theta: number,
  beta = 1,
): Float64Array {
  const sx = Math.max(sigmaX, leastSigma);
  const sy = Math.max(sigmaY, leastSigma);
  const { cos, sin } = rotation(theta);
  const radius = size >> 1;
  const weights = new Float64Array(size * size);
  // Opposite points have the same weight.
  for (let i = 0, last = weights.length - 1; i <= last - i; i++) {
    const x = (i % size) - radius;
    const y = Math.floor(i / size) - radius;
    const along = (x * cos + y * sin) / sx;
    const across = (y * cos - x * sin) / sy;
    weights[i] = profiles[profile](along * along + across * across, beta);
    weights[last - i] = weights[i];
  }
  return normalise(weights);
}

/** Weights of a round kernel in float64, normalised (the isotropic cases of the functions above). */
export function roundWeights(profile: Profile, size: number, sigma: number, beta = 1): Float64Array {
  const s = Math.max(sigma, leastSigma);
  return radialWeights(size, (square) => profiles[profile](square / (s * s), beta));
}

/**
 * Weights of the circular low-pass filter with cut-off `omega` in radians per pixel, in float64, normalised:
 * omega J1(omega r) / (2 pi r) at distance r, omega^2 / (4 pi) at the centre (BasicSR's
 * circular_lowpass_kernel; the "sinc filter" of Real-ESRGAN, which makes ringing).
 */
export function sincWeights(size: number, omega: number): Float64Array {
  return radialWeights(size, (square) => besselRatio(omega * Math.sqrt(square)));
}

/**
 * Weights of a disc of `radius` pixels in float64, normalised, with a linear edge of one pixel:
 * min(1, max(0, radius + 1/2 - r)) at distance r.
 */
export function discWeights(radius: number): Float64Array {
  const size = 2 * Math.max(0, Math.ceil(radius - 0.5)) + 1;
  return radialWeights(size, (square) => Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(square))));
}

/** The kernel of square shape with these weights, in float32. */
export function kernelOf(weights: Float64Array): Kernel {
  return { size: Math.sqrt(weights.length), weights: Float32Array.from(weights) };
}

/** Divides by the sum, in place. */
export function normalise(weights: Float64Array): Float64Array {
  let sum = 0;
  for (const weight of weights) sum += weight;
  for (let i = 0; i < weights.length; i++) weights[i] /= sum;
  return weights;
}

/** A weight per squared distance; computed for an eighth of the kernel, which holds every distance. */
function radialWeights(size: number, weight: (square: number) => number): Float64Array {
  const radius = size >> 1;
  const weights = new Float64Array(size * size);
  for (let y = 0; y <= radius; y++) {
    for (let x = 0; x <= y; x++) {
      const value = weight(x * x + y * y);
      for (const [column, row] of [
        [x, y],
        [y, x],
      ]) {
        weights[(radius + row) * size + radius + column] = value;
        weights[(radius + row) * size + radius - column] = value;
        weights[(radius - row) * size + radius + column] = value;
        weights[(radius - row) * size + radius - column] = value;
      }
    }
  }
  return normalise(weights);
}

const decay = (q: number): number => (q < 1400 ? fixedExp(-0.5 * q) : 0);

function power(base: number, exponent: number): number {
  if (exponent === 1 || base === 0) return base;
  const log = exponent * fixedLog(base);
  if (log > 700) return Number.POSITIVE_INFINITY;
  return log < -700 ? 0 : fixedExp(log);
}
