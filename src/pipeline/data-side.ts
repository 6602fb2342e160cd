import { Worker } from 'node:worker_threads';
import { type Observable, Subject } from 'rxjs';
import type { RunEvent } from '../events.js';
import { resourceLimits } from '../flow/index.js';
import { fromPlain } from '../plain-error.js';
import type { BatchOutput } from '../stages/batch/batch.js';
import type { DataSetup, FromData, ToData } from './messages.js';

export type DataEnd = Extract<FromData, { type: 'end' }>;

/** The near side of `data-thread.ts`: starts it, and brings its batches and its end. */
export class DataThread {
  /** Batches in order; the data thread bounds how many are here. Completes or fails with the thread. */
  readonly batches: Observable<BatchOutput>;
  readonly end: Promise<DataEnd>;
  readonly #worker: Worker;

  constructor(setup: DataSetup, emit: (event: RunEvent) => void) {
    const batches = new Subject<BatchOutput>();
    this.batches = batches;
    this.#worker = new Worker(new URL('./data-thread.js', import.meta.url), {
      workerData: setup,
      resourceLimits,
    });
    this.end = new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        batches.error(error);
        reject(error);
      };
      this.#worker.on('message', (message: FromData) => {
        if (message.type === 'event') emit(message.event);
        else if (message.type === 'error') fail(fromPlain(message.error));
        else if (message.type === 'batch') batches.next(this.#output(message));
        else {
          batches.complete();
          resolve(message);
        }
      });
      this.#worker.on('error', fail);
      this.#worker.on('exit', (code) => fail(new Error(`the data thread ended with code ${code}`)));
    });
    // Whoever takes the batches sees a failure there.
    this.end.catch(() => {});
  }

  /** Lets what is under way come to its end and takes up nothing new. */
  stop(): void {
    this.#tell({ type: 'stop' });
  }

  /** Holds the sink of a run that has its sink there, or lets it go on. */
  hold(paused: boolean): void {
    this.#tell({ type: paused ? 'pause' : 'resume' });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #output({ batch }: Extract<FromData, { type: 'batch' }>): BatchOutput {
    const { index } = batch;
    const release: BatchOutput['release'] = (buffers) =>
      this.#tell({ type: 'done', index, buffers }, Object.values(buffers ?? {}));
    return { batch, release };
  }

  #tell(message: ToData, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
