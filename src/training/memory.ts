import { EsrganError } from '../errors.js';
import type { Batch } from './batch.js';

/** How JavaScript, WebAssembly, onnxruntime, TensorFlow and graphics drivers say that memory has run out. */
const saidBy = [
  /out of memory/i,
  /\bOOM\b|RESOURCE_EXHAUSTED/,
  /bad_alloc|fail(ed|ure)? to allocate|allocation (has )?failed|allocation size/i,
  /cannot enlarge memory|memory access out of bounds|could not allocate/i,
  /invalid (typed )?array (buffer )?length/i,
];

/** Whether an error tells that memory has run out. */
export const isOutOfMemory = (error: unknown): error is Error =>
  error instanceof Error &&
  !(error instanceof EsrganError) &&
  saidBy.some((words) => words.test(error.message));

/** The first `size` pairs of a batch; a view. */
export function firstPairs(batch: Batch, size: number): Batch {
  const part = (data: Uint8Array): Uint8Array => data.subarray(0, (data.length / batch.size) * size);
  const [, h, w, c] = batch.lqShape;
  const [, gtH, gtW, gtC] = batch.gtShape;
  return {
    ...batch,
    size,
    lq: part(batch.lq),
    lqShape: [size, h, w, c],
    gt: part(batch.gt),
    gtShape: [size, gtH, gtW, gtC],
    rows: batch.rows.slice(0, size),
  };
}

/** The largest half, quarter ... of a batch that fits into memory; 0 where not even one pair does. */
export async function fittingSize(batch: Batch, fits: (part: Batch) => Promise<boolean>): Promise<number> {
  for (let size = batch.size >> 1; size > 0; size >>= 1) if (await fits(firstPairs(batch, size))) return size;
  return 0;
}

/** The error that ends a run whose batches do not fit, with the size that would (0: none). */
export function outOfMemory(batch: Batch, size: number, cause: Error): EsrganError {
  const [, height, width] = batch.gtShape;
  const message = `memory ran out with ${batch.size} pairs of ${width}x${height} in a batch (${cause.message.split('\n')[0]})`;
  const times = Math.ceil(batch.size / size);
  const remedy =
    size > 0
      ? `Set batch.size=${size}, which was tried and fits; train.accum_iter=${times} makes a step of as many pairs as before.`
      : 'Not even one pair fits: lower batch.gt_size, or choose a smaller network_g.';
  return new EsrganError('OUT_OF_MEMORY', message, { remedy, cause });
}
