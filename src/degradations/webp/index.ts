import { z } from 'zod';
import { bytesToFloat, floatToBytes } from '../convert.js';
import { defineDegradation, type FloatImage } from '../define.js';
import { range } from '../range.js';

const options = z
  .strictObject({
    quality: range(z.number().int().min(1).max(100)).default([30, 95]).describe('Quality factor of libwebp.'),
  })
  .describe('Compress as lossy WebP and decode again.');

type Params = { readonly quality: number };

async function apply(image: FloatImage, { quality }: Params): Promise<FloatImage> {
  const { width, height } = image;
  // Loaded at first use: reading a pipeline file must not wait for the codec.
  const { default: sharp } = await import('sharp');
  const bytes = new Uint8Array(3 * width * height);
  floatToBytes(image, { x: 0, y: 0, width, height }, bytes);
  const file = await sharp(bytes, { raw: { width, height, channels: 3 } })
    .webp({ quality })
    .toBuffer();
  const decoded = await sharp(file).removeAlpha().raw().toBuffer();
  bytesToFloat(decoded, { origin: 0, dx: 3, dy: 3 * width }, image);
  return image;
}

/** A round trip through libwebp (lossy, its default method 4): rounded to 8 bits, encoded, decoded. */
export const webp = defineDegradation({
  name: 'webp',
  options,
  sample: (rng, { quality }): Params => ({ quality: rng.int(...quality) }),
  apply,
  // Blocks of 16 x 16 predict their neighbours; what comes from further away is not seen.
  reach: () => 32,
});
