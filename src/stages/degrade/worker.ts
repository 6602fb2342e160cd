import { parentPort, workerData } from 'node:worker_threads';
import { createImagePool } from '../../degradations/image-pool.js';
import { viewShared } from '../decode/crop.js';
import { compileChain } from './compile.js';
import type { PairAnswer, PairTask, WorkerSetup } from './degrade.js';
import { makePair } from './pair.js';

/** A worker thread of `degrade`: crops come as places in shared memory, pairs go out by transfer. */

const { arena, degrade, baseFolder, plan } = workerData as WorkerSetup;
const chain = compileChain(degrade, baseFolder);
const pool = createImagePool();

async function answer({ buffer = arena, sample, ...place }: PairTask): Promise<PairAnswer> {
  const warnings: string[] = [];
  const crop = viewShared({ buffer, ...place });
  const pair = await makePair(crop, sample, plan, await chain, {
    pool,
    warn: (message) => warnings.push(message),
  });
  return { ...pair, warnings };
}

parentPort?.on('message', ({ task, message }: { task: number; message: PairTask }) => {
  answer(message).then(
    (value) =>
      parentPort?.postMessage({ task, value }, [
        value.gt.buffer as ArrayBuffer,
        value.lq.buffer as ArrayBuffer,
      ]),
    (error) => parentPort?.postMessage({ task, error: { message: error.message, remedy: error.remedy } }),
  );
});
