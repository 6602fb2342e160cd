import type { Sharp } from 'sharp';
import { bytesToFloat, floatToBytes } from './convert.js';
import type { FloatImage } from './define.js';

/** What a codec of sharp makes of an image, in place: rounded to 8 bits, encoded, decoded. */
export async function throughCodec(image: FloatImage, encode: (raw: Sharp) => Sharp): Promise<FloatImage> {
  const { width, height } = image;
  // Loaded at first use: reading a pipeline file must not wait for the codec.
  const { default: sharp } = await import('sharp');
  const bytes = new Uint8Array(3 * width * height);
  floatToBytes(image, { x: 0, y: 0, width, height }, bytes);
  const file = await encode(sharp(bytes, { raw: { width, height, channels: 3 } })).toBuffer();
  const decoded = await sharp(file).removeAlpha().raw().toBuffer();
  bytesToFloat(decoded, { origin: 0, dx: 3, dy: 3 * width }, image);
  return image;
}
