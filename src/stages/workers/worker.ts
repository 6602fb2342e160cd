import { parentPort, workerData } from 'node:worker_threads';
import { writeFileAtomicSync } from '../../formats/atomic.js';
import { encodePng } from '../../images/png.js';
import { tuneSharp } from '../../images/tune.js';
import { toPlain } from '../../plain-error.js';
import { buffersOf } from '../../training/batch.js';
import { openSource } from '../decode/open-source.js';
import { viewShared } from './shared-pixels.js';
import type { EncodeTask, OpenTask, PairAnswer, PairTask, PngTask, Task, WorkerSetup } from './tasks.js';

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

async function encoded({ image, format, level }: EncodeTask): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = 'data' in image ? image : viewShared(image, arena);
  if (format === 'png') {
    const pieces: Uint8Array[] = [];
    encodePng(pixels, level, (piece) => pieces.push(piece.slice()));
    return whole(pieces);
  }
  const { encode } = await import('../../images/encode.js');
  return whole([await encode(pixels, format)]);
}

/** In memory of its own, fit to be transferred. */
function whole(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

async function answer(task: Task): Promise<{ value: unknown; transfer: ArrayBuffer[] }> {
  if (task.kind === 'open') return { value: await open(task), transfer: [] };
  if (task.kind === 'png') return { value: png(task), transfer: [] };
  if (task.kind === 'encode') {
    const bytes = await encoded(task);
    return { value: bytes, transfer: [bytes.buffer] };
  }
  const value = await pair(task);
  return { value, transfer: Object.values(buffersOf(value)) };
}

parentPort?.on('message', ({ task, message }: { task: number; message: Task }) => {
  answer(message).then(
    ({ value, transfer }) => parentPort?.postMessage({ task, value }, transfer),
    (error) => parentPort?.postMessage({ task, error: toPlain(error) }),
  );
});
