import { parentPort, workerData } from 'node:worker_threads';
import { createImagePool } from '../../degradations/image-pool.js';
import { encodePng } from '../../images/png.js';
import { createResampler, type Resampler } from '../../simd/index.js';
import { compileChain } from '../degrade/compile.js';
import { makePair } from '../degrade/pair.js';
import { viewShared } from './shared-pixels.js';
import type { PairAnswer, PairTask, PngTask, ResampleTask, Task, WorkerSetup } from './tasks.js';

/** A worker thread: images come as places in shared memory, results go out by transfer. */

const { memory: arena, pairs } = workerData as WorkerSetup;
const chain = pairs && compileChain(pairs.degrade, pairs.baseFolder);
const images = createImagePool();
let resampler: Resampler | undefined;

async function pair({ crop, sample }: PairTask): Promise<PairAnswer> {
  if (!pairs || !chain) throw new Error('this run makes no pairs');
  const warnings: string[] = [];
  const tools = { pool: images, warn: (message: string) => void warnings.push(message) };
  return { ...(await makePair(viewShared(crop, arena), sample, pairs.plan, await chain, tools)), warnings };
}

function resample({ memory, source, target, scratch, mode }: ResampleTask): undefined {
  if (!memory) resampler ??= createResampler(arena);
  (memory ? createResampler(memory) : (resampler as Resampler)).resample(source, target, scratch, mode);
}

const png = ({ crop, level }: PngTask): Uint8Array => encodePng(viewShared(crop, arena), level);

async function answer(task: Task): Promise<{ value: unknown; transfer: ArrayBuffer[] }> {
  if (task.kind === 'resample') return { value: resample(task), transfer: [] };
  if (task.kind === 'png') {
    const value = png(task);
    return { value, transfer: [value.buffer as ArrayBuffer] };
  }
  const value = await pair(task);
  return { value, transfer: [value.gt.buffer as ArrayBuffer, value.lq.buffer as ArrayBuffer] };
}

parentPort?.on('message', ({ task, message }: { task: number; message: Task }) => {
  answer(message).then(
    ({ value, transfer }) => parentPort?.postMessage({ task, value }, transfer),
    (error) => parentPort?.postMessage({ task, error: { message: error.message, remedy: error.remedy } }),
  );
});
