import type { Pixels } from './pixels.js';

/** A rectangle of an image that shares its bytes. Throws RangeError when it reaches outside. */
export function view(pixels: Pixels, x: number, y: number, width: number, height: number): Pixels {
  if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > pixels.width || y + height > pixels.height)
    throw new RangeError(
      `window ${width}x${height}+${x}+${y} does not lie within ${pixels.width}x${pixels.height}`,
    );
  const { channels, stride, data } = pixels;
  const start = y * stride + x * channels;
  const end = start + (height - 1) * stride + width * channels;
  return { data: data.subarray(start, end), width, height, channels, stride };
}

/** Whether rows follow one another without gaps and nothing else is in the array. */
export function isPacked({ data, width, height, channels, stride }: Pixels): boolean {
  return stride === width * channels && data.length === stride * height;
}

/** Copies an image row by row to the start of `target`, without gaps; returns the bytes written. */
export function copyInto(pixels: Pixels, target: Uint8Array, offset = 0): number {
  const { data, width, height, channels, stride } = pixels;
  const row = width * channels;
  if (stride === row) target.set(data.subarray(0, row * height), offset);
  else
    for (let y = 0; y < height; y++)
      target.set(data.subarray(y * stride, y * stride + row), offset + y * row);
  return row * height;
}

/** The image itself when it is contiguous, else a contiguous copy of it. */
export function pack(pixels: Pixels): Pixels {
  return isPacked(pixels) ? pixels : clone(pixels);
}

/** A contiguous copy in memory of its own, fit to be transferred to another thread. */
export function clone(pixels: Pixels): Pixels {
  const { width, height, channels } = pixels;
  const data = new Uint8Array(width * height * channels);
  copyInto(pixels, data);
  return { data, width, height, channels, stride: width * channels };
}

/** Copies an image into the top left corner of another one, which may be larger and lie in shared memory. */
export function copyTo({ data, width, height, channels, stride }: Pixels, target: Pixels): void {
  const row = width * channels;
  const packed = stride === row && target.stride === row;
  if (packed) target.data.set(data.subarray(0, row * height));
  for (let y = 0; !packed && y < height; y++)
    target.data.set(data.subarray(y * stride, y * stride + row), y * target.stride);
}
