import type { Batch, BatchSource } from './batch.js';

/**
 * The next batch, or `undefined` when there are no more or the run is being stopped. A batch that arrives
 * after the stop is given back unused.
 */
export async function nextBatch(batches: BatchSource, signal: AbortSignal): Promise<Batch | undefined> {
  if (signal.aborted) return undefined;
  const { promise: stopped, stop } = whenAborted(signal);
  const coming = batches.next();
  try {
    const first = await Promise.race([stopped, coming]);
    if (first !== 'stopped') return first;
    coming.then((late) => late && batches.done(late)).catch(() => undefined);
    return undefined;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function whenAborted(signal: AbortSignal): { promise: Promise<'stopped'>; stop: () => void } {
  let stop = (): void => undefined;
  const promise = new Promise<'stopped'>((resolve) => {
    stop = () => resolve('stopped');
    signal.addEventListener('abort', stop, { once: true });
  });
  return { promise, stop };
}
