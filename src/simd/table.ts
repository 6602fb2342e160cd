import { lanczosTaps, supportOf, type Taps } from './taps.js';
import type { Mode } from './types.js';

/**
 * Taps as the kernels read them: per output position where its first pair of input positions lies, the bytes of
 * its weights, and for each pair its two weights as int16 (`fast`), or the low and then the high parts of both (`pillow`).
 */
export interface Table {
  readonly words: Int32Array;
  /** Bytes per output position. */
  readonly stride: number;
  readonly bytesPerPair: number;
}

/** Bytes from one pair of input positions to the next, as in the kernels. */
export const PAIR = 208;

/** weight = high * 2^11 + low, both of which fit into int16. */
const LOW_BITS = 11;

const ROUND = 1 << (LOW_BITS - 1);

/** The weight of an even position is the lower half of a word, that of an odd one the upper. */
const half = (weight: number, position: number): number => (weight & 0xffff) << ((position & 1) << 4);

/** Words per output position. */
const rowWords = (input: number, output: number, mode: Mode): number =>
  2 + (Math.ceil(supportOf(input, output)) + 2) * (mode === 'pillow' ? 2 : 1);

export const tableBytes = (input: number, output: number, mode: Mode): number =>
  output * rowWords(input, output, mode) * 4;

export function tableOf(input: number, output: number, mode: Mode): Table {
  const taps = lanczosTaps(input, output, mode);
  const { starts, ends } = withoutZeros(taps);
  const perPair = mode === 'pillow' ? 2 : 1;
  const row = rowWords(input, output, mode);
  const words = new Int32Array(output * row);
  for (let i = 0; i < output; i++) {
    const first = starts[i] >> 1;
    const pairs = ((ends[i] + 1) >> 1) - first;
    words[i * row] = first * PAIR;
    words[i * row + 1] = pairs * perPair * 4;
    const weightsAt = i * taps.size - taps.starts[i];
    const wordsAt = i * row + 2;
    for (let x = starts[i]; x < ends[i]; x++) {
      const weight = taps.weights[weightsAt + x];
      const at = wordsAt + ((x >> 1) - first) * perPair;
      if (perPair === 1) words[at] |= half(weight, x);
      else {
        const high = (weight + ROUND) >> LOW_BITS;
        words[at] |= half(weight - (high << LOW_BITS), x);
        words[at + 1] |= half(high, x);
      }
    }
  }
  return { words, stride: row * 4, bytesPerPair: perPair * 4 };
}

/**
 * Leaves out weights that round to nothing at the ends, which often saves a pair; but neither starts nor ends
 * go back from one output to the next, so that the first and the last of a block tell what all of it needs.
 */
function withoutZeros({ length, size, starts, counts, weights }: Taps): {
  starts: Int32Array;
  ends: Int32Array;
} {
  const from = new Int32Array(length);
  const to = new Int32Array(length);
  let limit = Infinity;
  for (let i = length - 1; i >= 0; i--) {
    let k = 0;
    while (k < counts[i] - 1 && starts[i] + k < limit && weights[i * size + k] === 0) k++;
    limit = starts[i] + k;
    from[i] = limit;
  }
  limit = 0;
  for (let i = 0; i < length; i++) {
    let end = starts[i] + counts[i];
    const at = i * size - starts[i] - 1;
    while (end > from[i] + 1 && end > limit && weights[at + end] === 0) end--;
    limit = end;
    to[i] = end;
  }
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

/** Photographs of one camera have few sizes; a folder of crops may have thousands. */
const CACHED = 64;

/** Tables by their sizes; the least recently used one is forgotten. */
export class Tables {
  readonly #tables = new Map<string, Table>();

  get(input: number, output: number, mode: Mode): Table {
    const key = `${mode} ${input} ${output}`;
    const table = this.#tables.get(key) ?? tableOf(input, output, mode);
    this.#tables.delete(key);
    this.#tables.set(key, table);
    if (this.#tables.size > CACHED) this.#tables.delete(this.#tables.keys().next().value as string);
    return table;
  }
}
