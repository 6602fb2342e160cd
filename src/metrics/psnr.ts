import type { Pixels } from '../images/pixels.js';
import { type MetricOptions, planesOf } from './planes.js';

/**
 * Peak signal-to-noise ratio in dB of two 8-bit RGB images of the same size, as BasicSR's calculate_psnr:
 * 10 log10(255^2 / mean squared difference) over all channels together. Equal images give Infinity. Alpha is not
 * looked at.
 * @throws EsrganError `METRIC_SIZES`
 */
export function psnr(a: Pixels, b: Pixels, options: MetricOptions = {}): number {
  let sum = 0;
  let count = 0;
  for (const [one, other] of planesOf(a, b, options)) {
    for (let i = 0; i < one.data.length; i++) sum += (one.data[i]! - other.data[i]!) ** 2;
    count += one.data.length;
  }
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * count) / sum);
}
