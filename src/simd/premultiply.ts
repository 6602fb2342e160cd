import type { Image } from './types.js';

/** A contiguous copy with colours multiplied by alpha, rounded as Pillow does (exact division by 255). */
export function premultiply({ data, width, height, stride }: Image): Image {
  const row = width * 4;
  const copy = new Uint8Array(row * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < row; x += 4) {
      const p = y * stride + x;
      const q = y * row + x;
      for (let c = 0; c < 3; c++) {
        const product = data[p + c] * data[p + 3] + 128;
        copy[q + c] = ((product >> 8) + product) >> 8;
      }
      copy[q + 3] = data[p + 3];
    }
  return { data: copy, width, height, channels: 4, stride: row };
}

/** Colours divided by alpha, in place; truncated and clamped as Pillow does. */
export function unpremultiply(image: Image): Image {
  const { data } = image;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < 3; c++) data[i + c] = Math.min(255, Math.trunc((255 * data[i + c]) / alpha));
  }
  return image;
}
