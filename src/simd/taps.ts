import type { Mode } from './types.js';

/** For every output position the input positions it draws from, and their weights in fixed point. */
export interface Taps {
  /** Output positions. */
  readonly length: number;
  /** Room for weights per output position. */
  readonly size: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
}

/** Fractional bits of the weights. */
export const BITS: Readonly<Record<Mode, number>> = { fast: 14, pillow: 22 };

type Fill = (exact: Float64Array, count: number, first: number, step: number) => void;

/** How far from its centre an output draws from the input, in input positions. */
export const supportOf = (from: number, to: number): number => 3 * Math.max(from / to, 1);

/** Weights of the antialiased Lanczos filter with three lobes, for a resampling of `from` positions to `to`. */
export function lanczosTaps(from: number, to: number, mode: Mode): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = supportOf(from, to);
  const size = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * size);
  const exact = new Float64Array(size);
  const fill: Fill = mode === 'pillow' ? fillAsPillow : fillByRotation;
  const round = mode === 'pillow' ? roundEach : roundToOne;
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    fill(exact, count, start - centre, 1 / stretch);
    round(exact, count, weights, i * size);
    starts[i] = start;
    counts[i] = count;
  }
  return { length: to, size, starts, counts, weights };
}

/** float64 in the order of Pillow's own operations, so that no weight differs in its last bit. */
function fillAsPillow(exact: Float64Array, count: number, first: number, step: number): void {
  for (let k = 0; k < count; k++) {
    const x = (k + first + 0.5) * step;
    exact[k] = x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
  }
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

/**
 * With s = sin(pi x / 3) the filter is 3 s^2 (3 - 4 s^2) / (pi x)^2, as sin(3a) = sin(a) (3 - 4 sin^2(a));
 * from tap to tap the angle grows by the same amount, so two sines serve all taps of an output.
 */
function fillByRotation(exact: Float64Array, count: number, first: number, step: number): void {
  const turn = (Math.PI / 3) * step;
  const start = (first + 0.5) * turn;
  const turnSin = Math.sin(turn);
  const turnCos = Math.cos(turn);
  let s = Math.sin(start);
  let c = Math.cos(start);
  for (let k = 0; k < count; k++) {
    const x = (k + first + 0.5) * step;
    const angle = x * Math.PI;
    const square = s * s;
    if (Math.abs(x) >= 3) exact[k] = 0;
    else exact[k] = Math.abs(x) < 1e-6 ? 1 : (3 * square * (3 - 4 * square)) / (angle * angle);
    const next = s * turnCos + c * turnSin;
    c = c * turnCos - s * turnSin;
    s = next;
  }
}

function sumOf(exact: Float64Array, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += exact[k];
  return sum;
}

/** Half away from zero, as Pillow. */
function roundEach(exact: Float64Array, count: number, weights: Int32Array, at: number): void {
  const sum = sumOf(exact, count);
  for (let k = 0; k < count; k++) {
    const weight = (exact[k] / sum) * (1 << BITS.pillow);
    weights[at + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
  }
}

/**
 * Rounds the sums of the first k weights rather than the weights: all of them make exactly 1, so flat areas keep
 * their value, and where neighbours are alike one rounding makes up for another.
 */
function roundToOne(exact: Float64Array, count: number, weights: Int32Array, at: number): void {
  const factor = (1 << BITS.fast) / sumOf(exact, count);
  let sum = 0;
  let before = 0;
  for (let k = 0; k < count; k++) {
    sum += exact[k] * factor;
    const now = Math.floor(sum + 0.5);
    weights[at + k] = now - before;
    before = now;
  }
}
