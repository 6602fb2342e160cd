import type { FilterKernels } from './kernels.js';

const MARGIN = 16;
const PRIME = 65521;

type Predict = (left: number, above: number, corner: number) => number;

/** Whichever of the three is nearest to left + above - corner; ties go to the earlier one. */
const paeth: Predict = (left, above, corner) => {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
};

/** The filters of PNG by their numbers: None, Sub, Up, Average, Paeth. */
const filters: readonly Predict[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

/** What assembly/png.ts does, in JavaScript, for machines without SIMD. */
export function plainKernels(memory: WebAssembly.Memory): FilterKernels {
  const filter: FilterKernels['filter'] = (source, pitch, rows, length, channels, out) => {
    const bytes = new Uint8Array(memory.buffer);
    const tried = new Uint8Array(length);
    for (let y = 0; y < rows; y++) {
      const row = source + y * pitch + MARGIN;
      const to = out + y * (length + 1);
      let least = Number.POSITIVE_INFINITY;
      for (const [number, predict] of filters.entries()) {
        let sum = 0;
        for (let p = row; p < row + length; p++) {
          const guess = predict(bytes[p - channels], bytes[p - pitch], bytes[p - pitch - channels]);
          const difference = (bytes[p] - guess) & 255;
          tried[p - row] = difference;
          sum += Math.min(difference, 256 - difference);
        }
        if (sum >= least) continue;
        least = sum;
        bytes[to] = number;
        bytes.set(tried, to + 1);
      }
    }
  };
  const adler32: FilterKernels['adler32'] = (from, length, start) => {
    let a = start & 0xffff;
    let b = start >>> 16;
    for (const byte of new Uint8Array(memory.buffer, from, length)) {
      a = (a + byte) % PRIME;
      b = (b + a) % PRIME;
    }
    return (b << 16) | a;
  };
  return { filter, adler32 };
}
