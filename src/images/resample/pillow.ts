import { resampleScalar } from '../../simd/index.js';
import type { Pixels } from '../pixels.js';

/**
 * Lanczos of Pillow, bit for bit, in plain JavaScript: columns first, then rows, each rounded to 8 bits with
 * weights of 22 fractional bits. RGBA is filtered with colours multiplied by alpha. Pure and synchronous.
 */
export const resamplePillow = (pixels: Pixels, width: number, height: number): Pixels =>
  resampleScalar(pixels, width, height, 'pillow');
