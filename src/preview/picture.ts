import sharp from 'sharp';
import { encode } from '../images/encode.js';
import type { Pixels } from '../images/pixels.js';
import type { Picture } from './types.js';

/** Up to this edge the image after a step is kept without loss; dozens of larger ones would make a heavy page. */
const LOSSLESS_EDGE = 128;

const STEP_QUALITY = 92;

/** A PNG. */
export async function lossless(pixels: Pixels): Promise<Picture> {
  const { width, height } = pixels;
  return { width, height, type: 'image/png', bytes: await encode(pixels, 'png', { compressionLevel: 9 }) };
}

/** For steps on the way: without loss where that is small, else a JPEG that still shows the noise in colour. */
export async function sketch(pixels: Pixels): Promise<Picture> {
  const { data, width, height, channels } = pixels;
  if (Math.max(width, height) <= LOSSLESS_EDGE) return lossless(pixels);
  const bytes = await sharp(data, { raw: { width, height, channels } })
    .jpeg({ quality: STEP_QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { width, height, type: 'image/jpeg', bytes };
}
