import { Observable, type OperatorFunction } from 'rxjs';
import type { Meter } from '../../flow/index.js';
import type { Batch, BatchBuffers } from '../../training/batch.js';
import type { StageContext } from '../context.js';
import type { MissingSample } from '../decode/crop.js';
import type { LeasedPair } from '../degrade/degrade.js';

export interface BatchOutput {
  readonly batch: Batch;
  /** Gives the batch's room back to the stream. `buffers` may be handed in to be used again. */
  release(buffers?: BatchBuffers): void;
}

/**
 * Gathers `size` pairs into uint8 NHWC tensors with one provenance record a row. Batch k always covers
 * the same planned samples: the place of a missing sample is taken by another pair of the same batch, so
 * that a broken image does not shift what comes after it. A batch without any pair is left out; the last
 * one may be smaller.
 */
export function batch(
  size: number,
  ctx: StageContext,
  meter?: Meter,
): OperatorFunction<LeasedPair | MissingSample, BatchOutput> {
  return (pairs) =>
    new Observable((subscriber) => {
      const spare: BatchBuffers[] = [];
      let gathered: (LeasedPair | MissingSample)[] = [];

      const flush = (): void => {
        const items = gathered;
        gathered = [];
        if (meter) meter.left = (meter.left ?? 0) + items.length;
        const present = items.filter((item): item is LeasedPair => !('missing' in item));
        const index = Math.floor(items[0].sample.position / size);
        const release = (): void => {
          for (const item of items) item.lease.release();
        };
        if (present.length === 0) {
          ctx.warn(`batch ${index} is left out: none of its ${items.length} samples could be read`);
          release();
          return;
        }
        const rows = items.map((item, i) => ('missing' in item ? present[i % present.length] : item));
        if (meter) meter.out++;
        const batch = assemble(index, rows, spare.pop());
        for (const { recycle } of present) recycle();
        subscriber.next({
          batch,
          release: (buffers) => {
            if (buffers) spare.push(buffers);
            release();
          },
        });
      };

      const subscription = pairs.subscribe({
        next: (pair) => {
          if (meter) meter.in++;
          gathered.push(pair);
          if ((pair.sample.position + 1) % size === 0) flush();
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          if (gathered.length > 0) flush();
          subscriber.complete();
        },
      });
      return () => {
        subscription.unsubscribe();
        for (const item of gathered) item.lease.release();
      };
    });
}

function assemble(index: number, rows: readonly LeasedPair[], spare?: BatchBuffers): Batch {
  const { gtSize, lqSize, sample, gt_usm } = rows[0];
  const lqShape = [rows.length, lqSize.height, lqSize.width, 3] as const;
  const gtShape = [rows.length, gtSize.height, gtSize.width, 3] as const;
  return {
    index,
    epoch: sample.epoch,
    size: rows.length,
    lq: stack(
      rows.map((row) => row.lq),
      volume(lqShape),
      spare?.lq,
    ),
    lqShape,
    gt: stack(
      rows.map((row) => row.gt),
      volume(gtShape),
      spare?.gt,
    ),
    gtShape,
    ...(gt_usm && {
      gt_usm: stack(
        rows.map((row) => row.gt_usm as Uint8Array),
        volume(gtShape),
        spare?.gt_usm,
      ),
    }),
    rows: rows.map((row) => row.record),
  };
}

const volume = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

function stack(rows: readonly Uint8Array[], length: number, spare?: ArrayBuffer): Uint8Array {
  const buffer = spare?.byteLength === length ? spare : new ArrayBuffer(length);
  const data = new Uint8Array(buffer);
  for (const [i, row] of rows.entries()) {
    if (row.length * rows.length !== length) throw new Error('pairs of one batch must have the same size');
    data.set(row, i * row.length);
  }
  return data;
}
