import { inMemory } from './memory.js';

/** How to walk through interleaved bytes: where pixel (0, 0) lies, and the way to the next column and row. */
export interface Walk {
  readonly origin: number;
  readonly dx: number;
  readonly dy: number;
}

/** Planar float32 RGB. */
export interface Planar {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Interleaved bytes to planar values v / 255. */
export function bytesToPlanar(bytes: Uint8Array, walk: Walk, image: Planar): void {
  const { origin, dx, dy } = walk;
  const { width, height, data } = image;
  const one = Math.min(Math.abs(dx), Math.abs(dy));
  const far = [0, (width - 1) * dx, (height - 1) * dy, (width - 1) * dx + (height - 1) * dy];
  const first = origin + Math.min(...far);
  const last = origin + Math.max(...far) + 3;
  const touched = bytes.subarray(first, last);
  const done =
    (one === 3 || one === 4) &&
    inMemory(data, [touched], (kernels, out, from) =>
      kernels.bytesToFloat(from + origin - first, dx, dy, width, height, out),
    );
  if (!done) bytesToPlanarPlain(bytes, walk, image);
}

/** Float32 value of each byte. */
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/** The same bits without WebAssembly. */
export function bytesToPlanarPlain(bytes: Uint8Array, walk: Walk, { width, height, data }: Planar): void {
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

/** A rectangle of an image, in pixels. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A window to interleaved bytes: times 255 in float32, rounded half to even, clamped. */
export function planarToBytes(image: Planar, window: Window, out: Uint8Array): void {
  const { x, y, width, height } = window;
  const plane = image.width * image.height;
  const done = inMemory(out, [image.data], (kernels, to, from) => {
    const at = from + 4 * (y * image.width + x);
    kernels.floatToBytes(at, 4 * image.width, 4 * plane, width, height, to);
  });
  if (!done) planarToBytesPlain(image, window, out);
}

/** The same bytes without WebAssembly. */
export function planarToBytesPlain({ width, height, data }: Planar, window: Window, out: Uint8Array): void {
  const plane = width * height;
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
