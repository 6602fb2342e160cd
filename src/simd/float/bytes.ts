import { floatMemory, inMemory, withScratch } from './memory.js';

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

/**
 * Copies the rows of bytes that a walk goes through next to one another into the memory of the kernels, and runs `work`
 * with that walk through them. False when steps are not those of pixels, or there is no room.
 */
function walkInMemory(
  bytes: Uint8Array,
  { origin, dx, dy }: Walk,
  { width, height }: { readonly width: number; readonly height: number },
  work: (from: number, dx: number, dy: number) => boolean,
): boolean {
  const pixel = Math.min(Math.abs(dx), Math.abs(dy));
  const memory = floatMemory();
  if (!memory || (pixel !== 3 && pixel !== 4)) return false;
  const along = Math.abs(dx) === pixel;
  const [count, length, step] = along ? [height, width, dy] : [width, height, dx];
  const row = pixel * length;
  const backwards = (along ? dx : dy) < 0;
  const first = origin - (backwards ? row - pixel : 0);
  let done = false;
  withScratch(row * count, (address) => {
    const room = new Uint8Array(memory.buffer, address, row * count);
    for (let y = 0; y < count; y++) {
      const at = first + y * step;
      room.set(bytes.subarray(at, at + row), y * row);
    }
    const start = address + (backwards ? row - pixel : 0);
    done = work(start, along ? dx : row, along ? row : dy);
  });
  return done;
}

/** Interleaved bytes to planar values v / 255. */
export function bytesToPlanar(bytes: Uint8Array, walk: Walk, image: Planar): void {
  const { width, height, data } = image;
  const done = walkInMemory(bytes, walk, image, (from, dx, dy) =>
    inMemory(data, [], (kernels, out) => kernels.bytesToFloat(from, dx, dy, width, height, out)),
  );
  if (!done) bytesToPlanarPlain(bytes, walk, image);
}

/** Interleaved bytes to interleaved RGB bytes, untouched. */
export function walkBytes(
  bytes: Uint8Array,
  walk: Walk,
  size: { readonly width: number; readonly height: number },
  out: Uint8Array,
): void {
  const { width, height } = size;
  const done = walkInMemory(bytes, walk, size, (from, dx, dy) =>
    inMemory(out, [], (kernels, to) => kernels.walkBytes(from, dx, dy, width, height, to)),
  );
  if (!done) walkBytesPlain(bytes, walk, size, out);
}

/** The same without WebAssembly. */
export function walkBytesPlain(
  bytes: Uint8Array,
  { origin, dx, dy }: Walk,
  { width, height }: { readonly width: number; readonly height: number },
  out: Uint8Array,
): void {
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = origin + y * dy;
    for (let x = 0; x < width; x++, to += 3, from += dx) {
      out[to] = bytes[from];
      out[to + 1] = bytes[from + 1];
      out[to + 2] = bytes[from + 2];
    }
  }
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
