import { Worker } from 'node:worker_threads';
import type { RunEvent } from '../events.js';
import type { Meter } from '../flow/index.js';
import type { Batch, BatchSource } from '../training/batch.js';
import { type DataSetup, type FromData, fromPlain, type ToData } from './messages.js';

export type EndMessage = Extract<FromData, { type: 'end' }>;

/** The near side of `data-thread.ts`: starts it, and is the source of its batches. */
export class DataThread implements BatchSource {
  readonly end: Promise<EndMessage>;
  readonly #worker: Worker;
  readonly #meter: Meter;
  readonly #ready: Batch[] = [];
  #ended = false;
  #handedOut = 0;
  #failure?: Error;
  #wake = (): void => {};

  constructor(setup: DataSetup, meter: Meter, emit: (event: RunEvent) => void) {
    this.#meter = meter;
    this.#worker = new Worker(new URL('./data-thread.js', import.meta.url), { workerData: setup });
    this.end = new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#failure = error;
        this.#wake();
        reject(error);
      };
      this.#worker.on('message', (message: FromData) => {
        if (message.type === 'event') emit(message.event);
        else if (message.type === 'batch') {
          meter.in++;
          this.#ready.push(message.batch);
        } else if (message.type === 'error') fail(fromPlain(message.error));
        else {
          this.#ended = true;
          resolve(message);
        }
        this.#wake();
      });
      this.#worker.on('error', fail);
      this.#worker.on('exit', (code) => fail(new Error(`the data thread ended with code ${code}`)));
    });
    this.end.catch(() => {});
  }

  async next(): Promise<Batch | undefined> {
    while (this.#ready.length === 0) {
      if (this.#failure) throw this.#failure;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#handedOut = performance.now();
    return this.#ready.shift();
  }

  done({ index, lq, gt }: Batch): void {
    this.#meter.out++;
    this.#meter.busyMs += performance.now() - this.#handedOut;
    const buffers = [lq.buffer as ArrayBuffer, gt.buffer as ArrayBuffer] as const;
    this.#tell({ type: 'done', index, lq: buffers[0], gt: buffers[1] }, buffers);
  }

  stop(): void {
    this.#tell({ type: 'stop' });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(message: ToData, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
