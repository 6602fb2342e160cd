import { bytesToFloat, floatToBytes } from '../convert.js';
import type { FloatImage } from '../define.js';

export const subsamplings = ['4:4:4', '4:2:0'] as const;
export type Subsampling = (typeof subsamplings)[number];

export async function jpegCodec(image: FloatImage, quality: number, subsampling: Subsampling): Promise<void> {
  const { width, height } = image;
  // Loaded at first use: reading a pipeline file must not wait for the codec.
  const { default: sharp } = await import('sharp');
  const bytes = new Uint8Array(3 * width * height);
  floatToBytes(image, { x: 0, y: 0, width, height }, bytes);
  const file = await sharp(bytes, { raw: { width, height, channels: 3 } })
    .jpeg({ quality, chromaSubsampling: subsampling, optimiseCoding: false })
    .toBuffer();
  const decoded = await sharp(file).raw().toBuffer();
  bytesToFloat(decoded, { origin: 0, dx: 3, dy: 3 * width }, image);
}
