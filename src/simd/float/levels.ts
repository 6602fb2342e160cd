import { inMemory } from './memory.js';

type Bytes = Uint8Array | Uint8ClampedArray;

/** Values times 255 as bytes, rounded half to even and clamped. */
export function toLevels(values: Float32Array, out: Bytes): void {
  const done = inMemory(out, [values], (kernels, to, from) => kernels.toLevels(from, values.length, to));
  if (!done) toLevelsPlain(values, out);
}

/** The same without WebAssembly. */
export function toLevelsPlain(values: Float32Array, out: Bytes): void {
  // Assigning to clamped bytes rounds half to even by definition.
  const clamped = new Uint8ClampedArray(out.buffer, out.byteOffset, out.byteLength);
  for (let i = 0; i < values.length; i++) clamped[i] = Math.fround(values[i] * 255);
}

/** How many different levels occur. */
export function countLevels(levels: Bytes): number {
  const seen = new Uint8Array(256);
  const done = inMemory(seen, [levels], (kernels, out, from) => kernels.markLevels(from, levels.length, out));
  if (!done) for (let i = 0; i < levels.length; i++) seen[levels[i]] = 1;
  return seen.reduce((sum, one) => sum + one, 0);
}

/** Alias tables (Walker 1977) of the distributions of 256 levels. */
export interface LevelTables {
  /** Where the columns of a level begin; [257]. */
  readonly offsets: Int32Array;
  /** Value of the first column of a level; the next columns count on. */
  readonly firsts: Int16Array;
  /** Below this part of the column, of 2^26, its own value is drawn, above it the other. */
  readonly thresholds: Int32Array;
  readonly other: Int16Array;
}

/** Thresholds and random numbers are parts of it. */
const ONE = 2 ** 26;

/**
 * Draws a value for each level: out = value * unit - level / 255. `state` is that of sfc32, and is brought up to
 * date. False, with nothing done, without WebAssembly.
 */
export function drawLevels(
  state: Int32Array,
  levels: Bytes,
  tables: LevelTables,
  unit: number,
  out: Float32Array,
): boolean {
  const { offsets, firsts, thresholds, other } = tables;
  const read = [levels, offsets, firsts, thresholds, other];
  let done = false;
  inMemory(state, [], (_, words) => {
    done = inMemory(out, read, (kernels, to, ...[level, offset, first, threshold, rest]) =>
      kernels.drawLevels(words, level, offset, first, threshold, rest, unit, to, out.length),
    );
  });
  return done;
}

/** The same bits without WebAssembly, from uniform numbers in [0, 1) of 53 bits, one for two levels. */
export function drawLevelsPlain(
  uniform: () => number,
  levels: Bytes,
  { offsets, firsts, thresholds, other }: LevelTables,
  unit: number,
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i += 2) {
    const bits = uniform() * 2 ** 27;
    const high = Math.floor(bits);
    draw(i, high >>> 1);
    if (i + 1 < out.length) draw(i + 1, (bits - high) * ONE);
  }

  function draw(i: number, bits: number): void {
    const level = levels[i];
    const from = offsets[level];
    const product = bits * (offsets[level + 1] - from);
    const column = Math.floor(product / ONE);
    const at = from + column;
    const drawn = product - column * ONE < thresholds[at] ? firsts[level] + column : other[at];
    out[i] = drawn * unit - level / 255;
  }
}
