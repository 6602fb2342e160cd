import type { FloatImage } from '../define.js';
import { reflected } from '../reflect.js';

type NewImage = (width: number, height: number) => FloatImage;

/** Values per block of the coarser histogram, as a power of two. */
const blockBits = 6;

/**
 * Median of the `size` x `size` values around each pixel, channel by channel, borders reflected. The values
 * are those of the image, exactly. A window slides over the ranks of the values and keeps a histogram of them
 * (Huang, Yang and Tang 1979) in two levels, so that the cost per pixel grows with `size`, not with its square.
 */
export function median(image: FloatImage, size: number, newImage: NewImage): FloatImage {
  if (size === 1) return image;
  const { width, height } = image;
  const area = width * height;
  const result = newImage(width, height);
  const scratch = newImage(width, height).data;
  const sorted = scratch.subarray(0, area);
  const ranks = new Int32Array(scratch.buffer, scratch.byteOffset + 4 * area, area);
  const around = (length: number) =>
    Int32Array.from({ length: length + size - 1 }, (_, i) => reflected(i - (size >> 1), length));
  const columns = around(width);
  const rows = around(height).map((row) => row * width);
  const counts = new Uint16Array(scratch.buffer, scratch.byteOffset + 8 * area, area);
  const blocks = new Uint16Array(scratch.buffer, scratch.byteOffset + 10 * area, (area >> blockBits) + 1);
  for (let plane = 0; plane < 3; plane++) {
    const source = image.data.subarray(plane * area, (plane + 1) * area);
    const values = rank(source, sorted, ranks);
    counts.fill(0);
    blocks.fill(0);
    const out = result.data.subarray(plane * area, (plane + 1) * area);
    slide({ ranks, columns, rows, size, counts, blocks, block: 0, below: 0 }, (pixel, chosen) => {
      out[pixel] = values[chosen];
    });
  }
  return result;
}

/** Gives every value its place among the distinct values, which it returns in rising order. */
function rank(source: Float32Array, sorted: Float32Array, ranks: Int32Array): Float32Array {
  sorted.set(source);
  sorted.sort();
  let last = 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[last]) sorted[++last] = sorted[i];
  for (let i = 0; i < source.length; i++) {
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < source[i]) low = middle + 1;
      else high = middle;
    }
    ranks[i] = low;
  }
  return sorted;
}

interface Sliding {
  readonly ranks: Int32Array;
  /** Image column (offset of the image row) of each position of a border-extended row (column). */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  readonly size: number;
  readonly counts: Uint16Array;
  readonly blocks: Uint16Array;
  /** The block where the last median lay, and how many values of the window lie in the blocks below it. */
  block: number;
  below: number;
}

/** Goes through the image like a plough, so that neighbouring windows always share all but one line. */
function slide(s: Sliding, put: (pixel: number, rank: number) => void): void {
  const { columns, rows, size } = s;
  const width = columns.length - size + 1;
  const height = rows.length - size + 1;
  const half = (size * size) >> 1;
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) count(s, rows[y] + columns[x], 1);
  let x = 0;
  for (let y = 0; y < height; y++) {
    const step = y % 2 === 0 ? 1 : -1;
    for (let moved = 0; ; moved++) {
      put(y * width + x, middle(s, half));
      if (moved === width - 1) break;
      const gone = step > 0 ? columns[x] : columns[x + size - 1];
      const come = step > 0 ? columns[x + size] : columns[x - 1];
      for (let k = y; k < y + size; k++) {
        count(s, rows[k] + gone, -1);
        count(s, rows[k] + come, 1);
      }
      x += step;
    }
    if (y === height - 1) break;
    for (let k = x; k < x + size; k++) {
      count(s, rows[y] + columns[k], -1);
      count(s, rows[y + size] + columns[k], 1);
    }
  }
}

function count(s: Sliding, pixel: number, by: 1 | -1): void {
  const value = s.ranks[pixel];
  const block = value >> blockBits;
  s.counts[value] += by;
  s.blocks[block] += by;
  if (block < s.block) s.below += by;
}

/** The rank that has at most `half` of the window's values below it. */
function middle(s: Sliding, half: number): number {
  const { counts, blocks } = s;
  while (s.below > half) s.below -= blocks[--s.block];
  while (s.below + blocks[s.block] <= half) s.below += blocks[s.block++];
  let value = s.block << blockBits;
  for (let below = s.below; below + counts[value] <= half; value++) below += counts[value];
  return value;
}
