import { lanczosTaps, type Taps } from './taps.js';
import type { Mode } from './types.js';

/**
 * Taps as the kernels read them: per output position where its first pair of input positions lies, the bytes of
 * its weights, and for each pair its two weights as int16 (`fast`), or the low and then the high parts of both (`pillow`).
 */
export interface Table {
  readonly words: Int32Array;
  /** Bytes per output position. */
  readonly stride: number;
  readonly length: number;
  readonly bytesPerPair: number;
}

/** Bytes from one pair of input positions to the next, as in the kernels. */
export const PAIR = 208;

/** weight = high * 2^11 + low, both of which fit into int16. */
const LOW_BITS = 11;

const pack = (first: number, second: number): number => (first & 0xffff) | (second << 16);
const high = (weight: number): number => (weight + (1 << (LOW_BITS - 1))) >> LOW_BITS;
const low = (weight: number): number => weight - (high(weight) << LOW_BITS);

export function tableOf(input: number, output: number, mode: Mode): Table {
  const taps = lanczosTaps(input, output, mode);
  const { starts, ends } = withoutZeros(taps);
  const perPair = mode === 'pillow' ? 2 : 1;
  const row = 2 + (Math.ceil(taps.size / 2) + 1) * perPair;
  const words = new Int32Array(output * row);
  for (let i = 0; i < output; i++) {
    const weight = (position: number): number =>
      position >= starts[i] && position < ends[i]
        ? taps.weights[i * taps.size + position - taps.starts[i]]
        : 0;
    const first = starts[i] >> 1;
    let at = i * row + 2;
    for (let x = first * 2; x < ends[i]; x += 2) {
      const a = weight(x);
      const b = weight(x + 1);
      if (mode === 'fast') words[at++] = pack(a, b);
      else {
        words[at++] = pack(low(a), low(b));
        words[at++] = pack(high(a), high(b));
      }
    }
    words[i * row] = first * PAIR;
    words[i * row + 1] = (at - i * row - 2) * 4;
  }
  return { words, stride: row * 4, length: output, bytesPerPair: perPair * 4 };
}

/**
 * Leaves out weights that round to nothing at the ends, which often saves a pair; but neither starts nor ends
 * go back from one output to the next, so that the first and the last of a block tell what all of it needs.
 */
function withoutZeros({ length, size, starts, counts, weights }: Taps): {
  starts: Int32Array;
  ends: Int32Array;
} {
  const from = starts.slice();
  const to = starts.map((start, i) => start + counts[i]);
  const isZero = (i: number, position: number): boolean => weights[i * size + position - starts[i]] === 0;
  for (let i = length - 1; i >= 0; i--)
    while (to[i] - from[i] > 1 && isZero(i, from[i]) && from[i] < (from[i + 1] ?? Infinity)) from[i]++;
  for (let i = 0; i < length; i++)
    while (to[i] - from[i] > 1 && isZero(i, to[i] - 1) && to[i] > (to[i - 1] ?? 0)) to[i]--;
  return { starts: from, ends: to };
}

/** The input positions, from an even one on, that the outputs from..to draw from. */
export function inputsOf(table: Table, from: number, to: number): { first: number; end: number } {
  const { words, stride, bytesPerPair } = table;
  const last = ((to - 1) * stride) >> 2;
  return {
    first: (words[(from * stride) >> 2] / PAIR) * 2,
    end: (words[last] / PAIR + words[last + 1] / bytesPerPair) * 2,
  };
}
