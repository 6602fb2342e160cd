import { SHARE_ENV, Worker } from 'node:worker_threads';
import { Subject } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import type { RunEvent, RunSummary } from '../events.js';
import type { Ask, RunControls, SampledPair } from '../pipeline/index.js';
import { fromPlain, type PlainError } from '../plain-error.js';
import type { Run, RunOptions } from './services.js';

export type RunSetup = { readonly pipeline: Pipeline } & Omit<RunOptions, 'signal'>;

/** What the thread is told. */
export type ToRun = Ask;

/** What the thread says: events and training pairs, and at last how the run ended. */
export type FromRun =
  | { readonly event: RunEvent }
  | { readonly pair: SampledPair }
  | { readonly summary: RunSummary }
  | { readonly error: PlainError };

/**
 * `runPipeline` in another thread. A training step may block its thread for seconds; here the display goes on,
 * and a signal is answered at once, because Node runs signal handlers in the main thread only.
 */
export function runInThread(pipeline: Pipeline, { signal, ...options }: RunOptions): Run {
  const setup: RunSetup = { pipeline, ...options };
  const worker = new Worker(new URL('./run-thread.js', import.meta.url), {
    workerData: setup,
    // Native libraries of engines read the environment of the process, not that of a thread.
    env: SHARE_ENV,
  });
  const events = new Subject<RunEvent>();
  const pairs = new Subject<SampledPair>();
  const ask = (what: ToRun) => (): void => worker.postMessage(what);
  const stop = ask('stop');
  const controls: RunControls = {
    pause: ask('pause'),
    resume: ask('resume'),
    save: ask('save'),
    validate: ask('validate'),
    stop,
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const ended = new Promise<RunSummary>((resolve, reject) => {
    worker.on('message', (message: FromRun) => {
      if ('event' in message) events.next(message.event);
      else if ('pair' in message) pairs.next(message.pair);
      else if ('summary' in message) resolve(message.summary);
      else reject(fromPlain(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the training thread ended with code ${code}`)));
  });
  const done = ended.finally(() => {
    signal.removeEventListener('abort', stop);
    events.complete();
    pairs.complete();
  });
  return { events, done, controls, pairs };
}
