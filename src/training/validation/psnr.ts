import type { Pixels } from '../../images/pixels.js';

/**
 * Peak signal-to-noise ratio in dB of two 8-bit RGB images of the same size:
 * 20 log10(255 / sqrt(mean squared difference)), over all three channels, as BasicSR's calculate_psnr.
 * `border` pixels on each side are left out. Equal images give Infinity.
 */
export function psnr(a: Pixels, b: Pixels, border = 0): number {
  if (a.width !== b.width || a.height !== b.height)
    throw new RangeError(`sizes differ: ${a.width}x${a.height} and ${b.width}x${b.height}`);
  let sum = 0;
  let count = 0;
  for (let y = border; y < a.height - border; y++)
    for (let x = border; x < a.width - border; x++)
      for (let c = 0; c < 3; c++) {
        const d = a.data[y * a.stride + x * a.channels + c]! - b.data[y * b.stride + x * b.channels + c]!;
        sum += d * d;
        count++;
      }
  if (count === 0)
    throw new RangeError(`nothing left of ${a.width}x${a.height} within a border of ${border}`);
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * count) / sum);
}
