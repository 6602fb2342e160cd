import type { FloatImage } from '../define.js';
import type { Quantizer } from '../quantizer.js';

/** Ranks 0 ... size^2 - 1 of the ordered dither of Bayer (1973), row by row; `size` is a power of two. */
export function bayerMatrix(size: number): Int32Array {
  if (size === 1) return Int32Array.of(0);
  const half = size / 2;
  const inner = bayerMatrix(half);
  const quarters = [0, 2, 3, 1];
  return Int32Array.from({ length: size * size }, (_, i) => {
    const x = i % size;
    const y = Math.floor(i / size);
    const quarter = quarters[(y < half ? 0 : 2) + (x < half ? 0 : 1)];
    return 4 * inner[(y % half) * half + (x % half)] + quarter;
  });
}

/** Adds up to half a `step` up or down by the place in the matrix, then takes an allowed colour; in place. */
export function ditherOrdered(image: FloatImage, size: number, step: number, quantize: Quantizer): void {
  const { width, height, data } = image;
  const plane = width * height;
  const offsets = Float64Array.from(bayerMatrix(size), (rank) => step * ((rank + 0.5) / (size * size) - 0.5));
  const colour = new Float64Array(3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const offset = offsets[(y % size) * size + (x % size)];
      for (let c = 0; c < 3; c++) colour[c] = data[at + c * plane] + offset;
      quantize(colour);
      for (let c = 0; c < 3; c++) data[at + c * plane] = colour[c];
    }
  }
}
