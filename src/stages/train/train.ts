import { Observable, type OperatorFunction } from 'rxjs';
import type { Batch, BatchSource } from '../../training/batch.js';
import type { TrainOptions } from '../../training/options.js';
import { type TrainContext, type TrainSummary, train as trainNetwork } from '../../training/train.js';

export interface TrainStageContext extends TrainContext {
  /** Gives the memory of a used batch back to the stream, which may then make another. */
  release(batch: Batch): void;
}

/**
 * Trains a network on the batches that arrive and emits one summary when training is over. Events go to
 * `ctx.emit`. Batches wait here until the trainer takes them: the stream before this stage has to make no
 * more than it has leases for, and gets each back through `ctx.release`.
 *
 * In short: batches in, a trained network out.
 *
 * @example
 * batches.pipe(train(options, { name: 'tiny', signal, emit: console.log, release: () => {} }))
 *   .subscribe(({ checkpoint }) => console.log(checkpoint));
 */
export function train(options: TrainOptions, ctx: TrainStageContext): OperatorFunction<Batch, TrainSummary> {
  return (batches) =>
    new Observable((subscriber) => {
      const source = new Queue(ctx.release);
      const stopping = new AbortController();
      const stop = (): void => stopping.abort();
      if (ctx.signal.aborted) stop();
      ctx.signal.addEventListener('abort', stop);
      const subscription = batches.subscribe({
        next: (batch) => source.push(batch),
        error: (error) => source.fail(error),
        complete: () => source.end(),
      });
      const finish = (): void => {
        ctx.signal.removeEventListener('abort', stop);
        subscription.unsubscribe();
        source.close();
      };
      trainNetwork(source, options, { ...ctx, signal: stopping.signal })
        .finally(finish)
        .then(
          (summary) => {
            subscriber.next(summary);
            subscriber.complete();
          },
          (error) => subscriber.error(error),
        );
      return () => {
        stop();
        subscription.unsubscribe();
      };
    });
}

/** Turns pushed batches into pulled ones. */
class Queue implements BatchSource {
  readonly #release: (batch: Batch) => void;
  readonly #waiting: Batch[] = [];
  #asked: { resolve(batch: Batch | undefined): void; reject(error: unknown): void } | undefined;
  #end: { readonly error?: unknown } | undefined;

  constructor(release: (batch: Batch) => void) {
    this.#release = release;
  }

  push(batch: Batch): void {
    this.#waiting.push(batch);
    this.#serve();
  }

  end(): void {
    this.#end = {};
    this.#serve();
  }

  fail(error: unknown): void {
    this.#end = { error };
    this.#serve();
  }

  /** Gives back what nobody will use. */
  close(): void {
    for (const batch of this.#waiting.splice(0)) this.#release(batch);
  }

  next(): Promise<Batch | undefined> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      this.#serve();
    });
  }

  done(batch: Batch): void {
    this.#release(batch);
  }

  #serve(): void {
    if (!this.#asked) return;
    const { resolve, reject } = this.#asked;
    const batch = this.#waiting.shift();
    if (!batch && !this.#end) return;
    this.#asked = undefined;
    if (batch) resolve(batch);
    else if (this.#end && 'error' in this.#end) reject(this.#end.error);
    else resolve(undefined);
  }
}
