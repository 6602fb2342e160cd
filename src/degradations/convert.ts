import type { FloatImage } from './define.js';

/** Float32 value of each byte: v / 255. */
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** How to walk through interleaved bytes: where pixel (0, 0) lies, and the way to the next column and row. */
export interface Walk {
  readonly origin: number;
  readonly dx: number;
  readonly dy: number;
}

/** Interleaved bytes to a planar image. */
export function bytesToFloat(bytes: Uint8Array, walk: Walk, image: FloatImage): void {
  const { width, height, data } = image;
  const plane = width * height;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = walk.origin + y * walk.dy;
    for (let x = 0; x < width; x++, to++, from += walk.dx) {
      data[to] = unit[bytes[from]];
      data[to + plane] = unit[bytes[from + 1]];
      data[to + 2 * plane] = unit[bytes[from + 2]];
    }
  }
}

/** Interleaved bytes to interleaved RGB bytes, untouched. */
export function copyBytes(
  bytes: Uint8Array,
  walk: Walk,
  width: number,
  height: number,
  out: Uint8Array,
): void {
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = walk.origin + y * walk.dy;
    for (let x = 0; x < width; x++, to += 3, from += walk.dx) {
      out[to] = bytes[from];
      out[to + 1] = bytes[from + 1];
      out[to + 2] = bytes[from + 2];
    }
  }
}

/**
 * A window of a planar image to interleaved RGB bytes: times 255 in float32, rounded half to even, clamped
 * (as torch's `(x * 255).round().clamp(0, 255)`).
 */
export function floatToBytes(
  image: FloatImage,
  window: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  out: Uint8Array,
): void {
  const { width, data } = image;
  const plane = width * image.height;
  // Assigning to clamped bytes rounds half to even by definition.
  const clamped = new Uint8ClampedArray(out.buffer, out.byteOffset, out.byteLength);
  let to = 0;
  for (let y = 0; y < window.height; y++) {
    let from = (window.y + y) * width + window.x;
    for (let x = 0; x < window.width; x++, from++, to += 3) {
      clamped[to] = Math.fround(data[from] * 255);
      clamped[to + 1] = Math.fround(data[from + plane] * 255);
      clamped[to + 2] = Math.fround(data[from + 2 * plane] * 255);
    }
  }
}
