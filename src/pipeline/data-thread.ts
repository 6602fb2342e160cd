import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { identity, lastValueFrom, type Observable, tap } from 'rxjs';
import { Meter } from '../flow/index.js';
import { toPlain } from '../plain-error.js';
import type { Visit } from '../plan/types.js';
import type { BatchOutput } from '../stages/batch/batch.js';
import { Crop, type MissingSample } from '../stages/decode/crop.js';
import { discard } from '../stages/discard/discard.js';
import { buffersOf } from '../training/batch.js';
import { Account } from './account.js';
import { Hold } from './hold.js';
import type { DataSetup, FromData, ToData } from './messages.js';
import { openStream, type StreamItem } from './stream.js';
import { summarise } from './summary.js';
import { unitTarget } from './unit-layout.js';

/**
 * The data side of a run, in a thread of its own: a training step may block the main thread as long as it
 * likes. Batches go out by transfer and their buffers come back; `write` and `discard` sinks run right here.
 */

const STATS_EVERY_MS = 250;

const port = parentPort as NonNullable<typeof parentPort>;
const post = (message: FromData, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
const started = performance.now();

const { pipeline, startBatch, deliver, part } = workerData as DataSetup;
const stop = new AbortController();
const account = new Account(stop.signal, (event) => post({ type: 'event', event }));
// Most runs write no images and need not load what encodes them.
const job = unitTarget(pipeline) && (await import('./unit-job.js')).UnitJob.of(pipeline, account, part);
const planned = (visits: Visit[]): void => {
  const plan = summarise(pipeline, visits, account.unused);
  post({ type: 'event', event: { type: 'plan', plan } });
};
const stream = openStream(pipeline, account, startBatch, planned, job);
const sink = new Meter(pipeline.sink.kind);
const writer = pipeline.sink.kind === 'write' && (await import('../stages/write/write.js'));
const hold = new Hold<StreamItem>();
const out = new Map<number, BatchOutput>();
let reached = 0;
let batches = 0;
let written = 0;

function release(item: StreamItem): void {
  if ('batch' in item) item.release();
  else {
    if (item instanceof Crop) item.release();
    item.lease.release();
  }
}

/** Hands a batch to the training thread; it stays on the books until its buffers are back. */
function send(output: BatchOutput): void {
  const { batch } = output;
  out.set(batch.index, output);
  post({ type: 'batch', batch }, Object.values(buffersOf(batch)));
}

function intoSink(items: Observable<StreamItem>): Observable<unknown> {
  const { sink: target } = pipeline;
  const counted = items.pipe(
    deliver ? identity : hold.through(),
    tap((item) => {
      if (reached++ === 0)
        post({ type: 'event', event: { type: 'first', elapsedMs: performance.now() - started } });
      if ('batch' in item) batches++;
    }),
  );
  if (deliver) return counted.pipe(tap((item) => send(item as BatchOutput)));
  if (target.kind === 'discard') return counted.pipe(discard(target.options, release, sink));
  if (job)
    return (counted as Observable<Exclude<StreamItem, BatchOutput>>).pipe(
      job.write({ workers: stream.workers, arena: stream.arena, meter: sink }),
      tap((whole) => {
        if (whole) written += job.pictures(1);
      }),
    );
  if (target.kind === 'write' && writer)
    return (counted as Observable<Crop | MissingSample>).pipe(
      writer.write(target.options, { workers: stream.workers, arena: stream.arena, meter: sink }),
      tap((file) => file && written++),
    );
  throw new Error('training runs in the other thread');
}

port.on('message', (message: ToData) => {
  if (message.type === 'done') {
    const { index, buffers } = message;
    out.get(index)?.release(buffers);
    out.delete(index);
  } else if (message.type === 'pause') pause();
  else if (message.type === 'resume') goOn();
  else {
    hold.open();
    stop.abort(new Error('stopped'));
  }
});

function pause(): void {
  if (deliver || stop.signal.aborted) return;
  hold.close();
  post({ type: 'event', event: { type: 'state', state: 'paused' } });
}

function goOn(): void {
  if (deliver) return;
  hold.open();
  post({ type: 'event', event: { type: 'state', state: 'running' } });
}

const stages = (): ReturnType<Meter['snapshot']>[] => {
  const meters = deliver ? stream.meters : [...stream.meters, sink];
  return meters.map((meter) => meter.snapshot());
};
const stats = (): void => {
  const { rss } = process.memoryUsage();
  post({
    type: 'event',
    event: { type: 'stats', stages: stages(), rss, elapsedMs: performance.now() - started },
  });
};
const timer = setInterval(stats, STATS_EVERY_MS);

async function run(): Promise<void> {
  const { sink: target, stages: parts } = pipeline;
  if (target.kind === 'write' && !job) {
    const { folder, ...format } = target.options;
    const { openFolder } = await import('../stages/write/folder.js');
    await openFolder(folder, { multiscale: parts.multiscale, crop: parts.crop, ...format });
  }
  await lastValueFrom(intoSink(stream.items), { defaultValue: undefined });
  if (job && !stop.signal.aborted)
    for (const { what, path: file } of await job.finish())
      post({ type: 'event', event: { type: 'saved', what, path: file } });
}

run()
  .then(() => {
    stats();
    const { provenance, pairs, meta_info } = (!job && pipeline.stages.metadata) || {};
    for (const file of [provenance, pairs])
      if (file)
        post({ type: 'event', event: { type: 'saved', what: 'provenance', path: path.resolve(file) } });
    if (meta_info)
      post({ type: 'event', event: { type: 'saved', what: 'meta_info', path: path.resolve(meta_info) } });
    post({
      type: 'end',
      files: account.close(stop.signal.aborted ? undefined : job?.unreached),
      crops: account.crops,
      batches,
      written,
      existing: account.existing,
      stages: stages(),
    });
  })
  .catch((error) => post({ type: 'error', error: toPlain(error) }))
  .finally(async () => {
    clearInterval(timer);
    await stream.close();
  });
