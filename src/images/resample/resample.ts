import sharp from 'sharp';
import { bytesOf } from '../bytes.js';
import type { Pixels } from '../pixels.js';
import { pack } from '../view.js';
import { resamplePillow } from './pillow.js';

export type Resampler = 'vips' | 'pillow';

/**
 * An image at another size, with an antialiased Lanczos filter of three lobes.
 *
 * `pillow` gives the bytes of Pillow's LANCZOS (and blocks its thread: see `resamplePillow`). `vips` is about
 * ten times as fast and does not block; it stays within 53 dB and a mean difference of 0.3 of `pillow`, except
 * that from a reduction by 4 on libvips averages whole blocks first (about 47 dB).
 */
export async function resample(
  pixels: Pixels,
  width: number,
  height: number,
  resampler: Resampler,
): Promise<Pixels> {
  if (width === pixels.width && height === pixels.height) return pixels;
  return resampler === 'pillow' ? resamplePillow(pixels, width, height) : resampleVips(pixels, width, height);
}

async function resampleVips(pixels: Pixels, width: number, height: number): Promise<Pixels> {
  const packed = pack(pixels);
  const data = await sharp(packed.data, {
    raw: { width: packed.width, height: packed.height, channels: packed.channels },
    limitInputPixels: false,
  })
    .resize({ width, height, fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { data: bytesOf(data), width, height, channels: pixels.channels, stride: width * pixels.channels };
}
