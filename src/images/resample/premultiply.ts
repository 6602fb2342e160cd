import type { Pixels } from '../pixels.js';
import { clone } from '../view.js';

/** A copy with colours multiplied by alpha, rounded as Pillow does (exact division by 255). */
export function premultiply(pixels: Pixels): Pixels {
  const copy = clone(pixels);
  const { data } = copy;
  for (let i = 0; i < data.length; i += 4)
    for (let c = 0; c < 3; c++) {
      const product = data[i + c] * data[i + 3] + 128;
      data[i + c] = ((product >> 8) + product) >> 8;
    }
  return copy;
}

/** Colours divided by alpha, in place; truncated and clamped as Pillow does. */
export function unpremultiply(pixels: Pixels): Pixels {
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < 3; c++) data[i + c] = Math.min(255, Math.trunc((255 * data[i + c]) / alpha));
  }
  return pixels;
}
