import type { FloatImage } from './define.js';

/** Position that a reflection at the first and last pixel (neither repeated) leads to, however far outside. */
export function reflected(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((position % period) + period) % period;
  return within < length ? within : period - within;
}

/** Writes `image` into the larger `padded` with a reflected border of `radius` pixels on each side. */
export function reflectInto(image: FloatImage, padded: FloatImage, radius: number): void {
  const { width, height, data } = image;
  const columns = Int32Array.from({ length: padded.width }, (_, x) => reflected(x - radius, width));
  for (let plane = 0; plane < 3; plane++) {
    for (let y = 0; y < padded.height; y++) {
      const from = (plane * height + reflected(y - radius, height)) * width;
      const to = (plane * padded.height + y) * padded.width;
      padded.data.set(data.subarray(from, from + width), to + radius);
      for (let x = 0; x < radius; x++) {
        padded.data[to + x] = data[from + columns[x]];
        padded.data[to + radius + width + x] = data[from + columns[radius + width + x]];
      }
    }
  }
}
