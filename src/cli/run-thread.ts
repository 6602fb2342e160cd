import { parentPort, workerData } from 'node:worker_threads';
import { runPipeline } from '../pipeline/index.js';
import { toPlain } from '../plain-error.js';
import type { FromRun, RunSetup, ToRun } from './run-in-thread.js';

/** A run in a thread of its own: a training step blocks this one, and the terminal stays alive. */

const port = parentPort as NonNullable<typeof parentPort>;
const tell = (message: FromRun, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);
const { pipeline, ...options } = workerData as RunSetup;
const { events, done, controls, pairs } = runPipeline(pipeline, options);
port.on('message', (ask: ToRun) => controls[ask]());
events.subscribe((event) => tell({ event }));
pairs.subscribe((pair) => tell({ pair }, [pair.gt.data.buffer, pair.lq.data.buffer]));
done
  .then(
    (summary) => tell({ summary }),
    (error) => tell({ error: toPlain(error) }),
  )
  .finally(() => port.close());
