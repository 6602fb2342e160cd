import { lanczosTaps } from './taps.js';
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

/** Bytes of a pair of input positions. */
export const PAIR = 192;

/** weight = high * 2^11 + low, both of which fit into int16. */
const LOW_BITS = 11;

const pack = (first: number, second: number): number => (first & 0xffff) | (second << 16);
const high = (weight: number): number => (weight + (1 << (LOW_BITS - 1))) >> LOW_BITS;
const low = (weight: number): number => weight - (high(weight) << LOW_BITS);

export function tableOf(input: number, output: number, mode: Mode): Table {
  const { size, starts, counts, weights } = lanczosTaps(input, output, mode);
  const perPair = mode === 'pillow' ? 2 : 1;
  const row = 2 + (Math.ceil(size / 2) + 1) * perPair;
  const words = new Int32Array(output * row);
  // From the last to the first, so that starts keep their order when weights are left out.
  let next = input;
  for (let i = output - 1; i >= 0; i--) {
    let from = i * size;
    let to = from + counts[i];
    let start = starts[i];
    // Weights that round to nothing at the ends; they often make a pair.
    while (to - from > 1 && weights[to - 1] === 0) to--;
    for (; to - from > 1 && weights[from] === 0 && start < next; from++) start++;
    next = start;
    const weight = (k: number): number => (k >= from && k < to ? weights[k] : 0);
    let at = i * row + 2;
    for (let k = from - (start & 1); k < to; k += 2) {
      const a = weight(k);
      const b = weight(k + 1);
      if (mode === 'fast') words[at++] = pack(a, b);
      else {
        words[at++] = pack(low(a), low(b));
        words[at++] = pack(high(a), high(b));
      }
    }
    words[i * row] = (start >> 1) * PAIR;
    words[i * row + 1] = (at - i * row - 2) * 4;
  }
  return { words, stride: row * 4, length: output, bytesPerPair: perPair * 4 };
}

/** The input positions, from an even one on, that the outputs from..to draw from. */
export function inputsOf(table: Table, from: number, to: number): { first: number; end: number } {
  const { words, stride, bytesPerPair } = table;
  let first = Infinity;
  let end = 0;
  for (let at = (from * stride) >> 2; at < (to * stride) >> 2; at += stride >> 2) {
    const start = words[at] / PAIR;
    first = Math.min(first, start);
    end = Math.max(end, start + words[at + 1] / bytesPerPair);
  }
  return { first: first * 2, end: end * 2 };
}
