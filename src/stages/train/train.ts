import { defer, type OperatorFunction } from 'rxjs';
import { type Meter, pull } from '../../flow/index.js';
import { type Batch, buffersOf } from '../../training/batch.js';
import type { TrainOptions } from '../../training/options.js';
import type { TrainContext, TrainSummary } from '../../training/train.js';
import type { BatchOutput } from '../batch/batch.js';

/**
 * Trains a network on the batches that come, and gives each back as soon as its step is done: that is what
 * lets the stream go on. Emits one summary when training has come to its end or was stopped. A step blocks
 * its thread, so batches should come from another one (as `runPipeline` arranges it).
 *
 * In words: "the hungry end of the stream". The engine is loaded when it is subscribed to.
 *
 * @throws EsrganError (through the stream) what `training/train` throws
 * @example
 * batches$.pipe(train(TrainOptions.parse({ network_g, train }), { name, signal, emit })).subscribe((summary) => ...)
 */
export function train(
  options: TrainOptions,
  ctx: TrainContext,
  meter?: Meter,
): OperatorFunction<BatchOutput, TrainSummary> {
  return (batches) =>
    defer(async () => {
      const { queue, unsubscribe } = pull(batches);
      const coming = queue[Symbol.asyncIterator]();
      const held = new Map<Batch, { output: BatchOutput; since: number }>();
      const source = {
        async next(): Promise<Batch | undefined> {
          const { value: output, done } = await coming.next();
          if (done) return undefined;
          if (meter) meter.in++;
          held.set(output.batch, { output, since: performance.now() });
          return output.batch;
        },
        done(batch: Batch): void {
          const entry = held.get(batch);
          held.delete(batch);
          if (meter && entry) meter.busyMs += performance.now() - entry.since;
          if (meter) meter.out++;
          entry?.output.release(buffersOf(batch));
        },
      };
      try {
        const training = await import('../../training/train.js');
        return await training.train(source, options, ctx);
      } finally {
        unsubscribe();
        for (const { release } of queue.drain()) release();
      }
    });
}
