import { Runs } from '../simd/float/index.js';
import type { Kernel } from './blur/kernels.js';

/** Weights that together make less than this are not seen in float32 images. */
const invisible = 1e-7;

/** First and last column that stay in a row of a kernel; the last one before the first one: none. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** Weights up to some magnitude, which add up to less than `invisible`, are left out at both ends of each row. */
export function trimmed({ size, weights }: Kernel): { radius: number; rows: readonly Span[] } {
  const least = threshold(weights);
  const rows: Span[] = [];
  const centre = size >> 1;
  let radius = 0;
  for (let y = 0; y < size; y++) {
    let first = y * size;
    let last = first + size - 1;
    while (first <= last && Math.abs(weights[first]) <= least) first++;
    while (last >= first && Math.abs(weights[last]) <= least) last--;
    const span = { first: first - y * size, last: last - y * size };
    rows.push(span);
    if (span.last < span.first) continue;
    radius = Math.max(radius, Math.abs(y - centre), centre - span.first, span.last - centre);
  }
  return { radius, rows };
}

/** The largest of some magnitudes up to which all weights together are invisible. */
function threshold(weights: Float32Array): number {
  let least = 0;
  for (let next = invisible / weights.length; ; next *= 2) {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      const magnitude = Math.abs(weights[i]);
      if (magnitude <= next) sum += magnitude;
    }
    if (sum >= invisible || next > 1) return least;
    least = next;
  }
}

/** The rows of a kernel as runs over an image with borders of `radius` and rows of `width` values. */
export function kernelRuns(
  { size, weights }: Kernel,
  radius: number,
  rows: readonly Span[],
  width: number,
): Runs {
  const runs = new Runs(2 * size + weights.length);
  const shift = radius - (size >> 1);
  rows.forEach(({ first, last }, y) => {
    if (last < first) return;
    runs.add((y + shift) * width + first + shift, weights, y * size + first, last - first + 1);
  });
  return runs;
}

/** A symmetric cut at both ends of a row of weights. */
export function trimmedRow(row: Float32Array): Float32Array {
  let cut = 0;
  let lost = 0;
  for (; cut < row.length >> 1; cut++) {
    lost += Math.abs(row[cut]) + Math.abs(row[row.length - 1 - cut]);
    if (lost >= invisible) break;
  }
  return row.subarray(cut, row.length - cut);
}
