import { parentPort, workerData } from 'node:worker_threads';
import { runPipeline } from '../pipeline/index.js';
import { toPlain } from '../pipeline/messages.js';
import type { FromRun, RunSetup } from './run-in-thread.js';

/** A run in a thread of its own: a training step blocks this one, and the terminal stays alive. */

const port = parentPort as NonNullable<typeof parentPort>;
const tell = (message: FromRun): void => port.postMessage(message);
const { pipeline, ...options } = workerData as RunSetup;
const stop = new AbortController();
// The only message is the wish to stop.
port.on('message', () => stop.abort());

const { events, done } = runPipeline(pipeline, { ...options, signal: stop.signal });
events.subscribe((event) => tell({ event }));
done
  .then(
    (summary) => tell({ summary }),
    (error) => tell({ error: toPlain(error) }),
  )
  .finally(() => port.close());
