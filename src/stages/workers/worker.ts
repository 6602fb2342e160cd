import { parentPort, workerData } from 'node:worker_threads';
import { writeFileAtomicSync } from '../../formats/atomic.js';
import { encodePng } from '../../images/png.js';
import { tuneSharp } from '../../images/tune.js';
import { openSource } from '../decode/open-source.js';
import { viewShared } from './shared-pixels.js';
import type { OpenTask, PairAnswer, PairTask, PngTask, Task, WorkerSetup } from './tasks.js';

/** A worker thread: images come as places in shared memory, results go out by transfer. */

const { memory: arena, threads, pairs } = workerData as WorkerSetup;
tuneSharp(threads);
// Loaded only where there is something to degrade: it brings schemas, sharp and plug-ins along.
const maker =
  pairs && import('../degrade/pair-maker.js').then(({ createPairMaker }) => createPairMaker(pairs));

async function pair({ crop, lq, sample, out }: PairTask): Promise<PairAnswer> {
  const make = await maker;
  if (!make) throw new Error('this run makes no pairs');
  return make(viewShared(crop, arena), sample, out, lq && viewShared(lq, arena));
}

async function open(task: OpenTask): Promise<undefined> {
  await openSource(task, arena);
}

function png({ crop, level, file }: PngTask): undefined {
  writeFileAtomicSync(file, (write) => encodePng(viewShared(crop, arena), level, write));
}

async function answer(task: Task): Promise<{ value: unknown; transfer: ArrayBuffer[] }> {
  if (task.kind === 'open') return { value: await open(task), transfer: [] };
  if (task.kind === 'png') return { value: png(task), transfer: [] };
  const value = await pair(task);
  return { value, transfer: [value.gt.buffer as ArrayBuffer, value.lq.buffer as ArrayBuffer] };
}

parentPort?.on('message', ({ task, message }: { task: number; message: Task }) => {
  answer(message).then(
    ({ value, transfer }) => parentPort?.postMessage({ task, value }, transfer),
    (error) => parentPort?.postMessage({ task, error: { message: error.message, remedy: error.remedy } }),
  );
});
