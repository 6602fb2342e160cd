import type { Pixels } from './pixels.js';

/**
 * Index into `0 .. length - 1` of position `i`, mirrored at the borders without repeating the border itself
 * (reflect-101, as BORDER_REFLECT_101 of OpenCV); any distance, also of a single pixel.
 */
export function reflect(i: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const m = ((i % period) + period) % period;
  return m < length ? m : period - m;
}

/**
 * An image padded at the right and the bottom by reflection to at least `width` x `height`;
 * the same image when it is large enough.
 */
export function reflectPad(pixels: Pixels, width: number, height: number): Pixels {
  const w = Math.max(width, pixels.width);
  const h = Math.max(height, pixels.height);
  if (w === pixels.width && h === pixels.height) return pixels;
  const { channels, stride, data: source } = pixels;
  const data = new Uint8Array(w * h * channels);
  const row = w * channels;
  for (let y = 0; y < h; y++) {
    const from = reflect(y, pixels.height) * stride;
    data.set(source.subarray(from, from + pixels.width * channels), y * row);
    for (let x = pixels.width; x < w; x++) {
      const at = from + reflect(x, pixels.width) * channels;
      for (let c = 0; c < channels; c++) data[y * row + x * channels + c] = source[at + c];
    }
  }
  return { data, width: w, height: h, channels, stride: row };
}

/**
 * The same in place: fills what lies to the right of and below an image of `width` x `height` pixels that
 * stands in the top left corner of `held`.
 */
export function reflectInto(held: Pixels, width: number, height: number): void {
  const { data, channels, stride } = held;
  for (let y = 0; y < height; y++) {
    const row = y * stride;
    for (let x = width; x < held.width; x++) {
      const from = row + reflect(x, width) * channels;
      data.copyWithin(row + x * channels, from, from + channels);
    }
  }
  for (let y = height; y < held.height; y++) {
    const from = reflect(y, height) * stride;
    data.copyWithin(y * stride, from, from + held.width * channels);
  }
}
