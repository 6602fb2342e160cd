import { inMemory, withScratch } from './memory.js';
import type { Runs } from './runs.js';

/** Sums along rows: output x is run x, whose start counts from the beginning of the row. */
export interface RowSums {
  readonly source: Float32Array;
  readonly width: number;
  readonly rows: number;
  /** One run for every output, all of the same count. */
  readonly runs: Runs;
  readonly out: Float32Array;
  readonly outWidth: number;
}

/** Bytes of one column of the rows that are made at once. */
const COLUMN = 64;

export function sumRows(job: RowSums): void {
  const { source, width, rows, runs, out, outWidth } = job;
  const columns = COLUMN * (width + 4);
  const runBytes = (4 * runs.length) / outWidth;
  let done = false;
  withScratch(columns + COLUMN * (outWidth + 4), (scratch) => {
    done = inMemory(out, [source, runs.words], (kernels, to, from, table) =>
      kernels.resampleRows(from, width, rows, table, runBytes, outWidth, to, scratch, scratch + columns),
    );
  });
  if (!done) sumRowsPlain(job);
}

/** The same bits without WebAssembly. */
export function sumRowsPlain({ source, width, rows, runs, out, outWidth }: RowSums): void {
  const { words, weights } = runs;
  const length = runs.length / outWidth;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < outWidth; x++) {
      const r = x * length;
      let at = y * width + words[r];
      let sum = 0;
      for (let k = r + 2; k < r + length; k++, at++) {
        sum = Math.fround(sum + Math.fround(weights[k] * source[at]));
      }
      out[y * outWidth + x] = sum;
    }
  }
}
