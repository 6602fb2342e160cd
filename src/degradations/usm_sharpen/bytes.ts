import { bytesToFloat, floatToBytes } from '../convert.js';
import type { FloatImage, Size } from '../define.js';
import type { ImagePool } from '../image-pool.js';
import { sharpen } from './usm.js';

/** Real-ESRGAN's numbers. */
const options = { weight: 0.5, radius: 50, threshold: 10 };

/**
 * The target of losses with `gt_usm`: gt (uint8, HWC, RGB) sharpened with the numbers of Real-ESRGAN, after cropping as
 * there, so that the borders are those of the crop.
 */
export function sharpenBytes(
  gt: Uint8Array,
  { width, height }: Size,
  pool: ImagePool,
  out: Uint8Array,
): void {
  const lent: FloatImage[] = [];
  const take = (w: number, h: number): FloatImage => {
    const image = pool.take(w, h);
    lent.push(image);
    return image;
  };
  const image = take(width, height);
  bytesToFloat(gt, { origin: 0, dx: 3, dy: 3 * width }, image);
  sharpen(image, options, take);
  floatToBytes(image, { x: 0, y: 0, width, height }, out);
  for (const each of lent) pool.give(each);
}
