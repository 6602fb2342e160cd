import { fixedExp } from '../../random/fixed-math.js';

/** A square filter of odd `size`, row by row, with weights that add up to 1. */
export interface Kernel {
  readonly size: number;
  readonly weights: Float32Array;
}

/** Below this many pixels a Gaussian is a single point on the grid. */
const leastSigma = 0.02;

/**
 * One row of an isotropic Gaussian kernel; the kernel is its product with itself.
 * exp(-x^2 / (2 sigma^2)) on the pixel grid, normalised (BasicSR's bivariate_Gaussian, isotropic).
 */
export function gaussianRow(size: number, sigma: number): Float32Array {
  const s = Math.max(sigma, leastSigma);
  return normalised(
    Float64Array.from({ length: size }, (_, i) => fixedExp(-0.5 * ((i - (size >> 1)) / s) ** 2)),
  );
}

/**
 * Gaussian with standard deviations `sigmaX` and `sigmaY` in pixels along its own axes, turned by `theta`
 * radians from the columns' direction towards the rows' (clockwise on screen), normalised
 * (BasicSR's bivariate_Gaussian).
 */
export function gaussianKernel(size: number, sigmaX: number, sigmaY: number, theta: number): Kernel {
  const sx = Math.max(sigmaX, leastSigma);
  const sy = Math.max(sigmaY, leastSigma);
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  const weights = new Float64Array(size * size);
  for (let i = 0; i < weights.length; i++) {
    const x = (i % size) - (size >> 1);
    const y = Math.floor(i / size) - (size >> 1);
    const along = (x * cos + y * sin) / sx;
    const across = (y * cos - x * sin) / sy;
    weights[i] = fixedExp(-0.5 * (along * along + across * across));
  }
  return { size, weights: normalised(weights) };
}

function normalised(weights: Float64Array): Float32Array {
  const sum = weights.reduce((a, b) => a + b, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}
