import type { Span, Weights } from '../simd/float/index.js';
import type { Kernel } from './blur/kernels.js';

/** Weights that together make less than this are not seen in float32 images. */
const invisible = 1e-7;

/**
 * Weights up to some magnitude, which add up to less than `invisible`, are left out at both ends of each row of
 * the kernel; what is left has that radius.
 */
export function trimmed({ size, weights }: Kernel): { radius: number; weights: Weights } {
  const least = threshold(weights);
  const centre = size >> 1;
  const whole = Array.from({ length: size }, (_, y) => spanOf(weights, y * size, size, least));
  let radius = 0;
  whole.forEach(({ first, last }, y) => {
    if (last >= first) radius = Math.max(radius, Math.abs(y - centre), centre - first, last - centre);
  });
  const cut = centre - radius;
  const columns = 2 * radius + 1;
  const values = new Float32Array(columns * columns);
  const spans = whole.slice(cut, cut + columns).map(({ first, last }, y) => {
    const from = (y + cut) * size + cut;
    values.set(weights.subarray(from, from + columns), y * columns);
    return { first: first - cut, last: last - cut };
  });
  return { radius, weights: { columns, values, spans } };
}

function spanOf(weights: Float32Array, start: number, size: number, least: number): Span {
  let first = 0;
  let last = size - 1;
  while (first <= last && Math.abs(weights[start + first]) <= least) first++;
  while (last >= first && Math.abs(weights[start + last]) <= least) last--;
  return { first, last };
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
