import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { BatchOutput } from '../stages/batch/batch.js';
import type { Batch, PairRecord } from '../training/batch.js';

/** Pixels of a pair's picture: uint8 RGB, row by row. */
export interface PairPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A training pair as the network gets it, taken out for looking at. */
export interface SampledPair {
  /** Index of its batch in the run. */
  readonly batch: number;
  readonly record: PairRecord;
  readonly gt: PairPixels;
  readonly lq: PairPixels;
}

/** Copies one pair every so many milliseconds out of the batches that pass. */
export function samplePairs(
  everyMs: number,
  take: (pair: SampledPair) => void,
): MonoTypeOperatorFunction<BatchOutput> {
  let due = 0;
  return tap(({ batch }) => {
    const now = performance.now();
    if (now < due) return;
    due = now + everyMs;
    take(pairOf(batch, batch.index % batch.size));
  });
}

function pairOf(batch: Batch, row: number): SampledPair {
  const pixels = (all: Uint8Array, [, height, width]: Batch['gtShape']): PairPixels => {
    const size = height * width * 3;
    return { width, height, data: all.slice(row * size, (row + 1) * size) as Uint8Array<ArrayBuffer> };
  };
  return {
    batch: batch.index,
    record: batch.rows[row]!,
    gt: pixels(batch.gt, batch.gtShape),
    lq: pixels(batch.lq, batch.lqShape),
  };
}
