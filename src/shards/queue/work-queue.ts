import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { EsrganError } from '../../errors.js';
import type { ShardPlan } from '../plan-file.js';
import { connectQueue } from './connect.js';
import { fillQueue, openJobs, openQueue, type ShardQueue, whyFailed } from './jobs.js';
import { type QueueWork, startWorker } from './shard-worker.js';

const POLL_MS = 500;
/** A Redis that is away shall not hold up a worker that leaves: its shard is taken over in any case. */
const LEAVE_WITHIN_MS = 5000;

/**
 * Does shards of a plan from a queue in Redis until none is left, beside any number of other workers. A shard whose worker
 * has died is taken over, one that fails is tried again later, and a Redis that goes away is waited for. Should Redis lose
 * everything, the queue is made again from what is finished in the output folder. Returns how many shards this worker did.
 *
 * @throws EsrganError `QUEUE_URL` when there is no such Redis, `SHARDS_FAILED` naming shards that cannot be done,
 * `SHARDS_MISSING` when shards that other workers did are not in the output folder here
 */
export async function workFromQueue(plan: ShardPlan, work: QueueWork): Promise<number> {
  const { signal, onEvent } = work;
  const redis = await connectQueue(work.queue, { signal, onEvent });
  let done = 0;
  try {
    if (signal.aborted) return done;
    const queue = await openQueue(plan, redis);
    await orLeave(signal, fillQueue(plan, queue, { failed: true }));
    const worker = await startWorker(plan, redis, work, () => done++);
    try {
      await untilEmpty(plan, queue, signal);
    } finally {
      await (signal.aborted ? within(worker.close(), LEAVE_WITHIN_MS) : worker.close());
    }
    if (!signal.aborted) await throwFailed(plan, queue);
    return done;
  } finally {
    redis.disconnect();
  }
}

/** What a promise gives, or nothing as soon as the signal comes: commands wait as long as Redis is away. */
async function orLeave<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const over = new AbortController();
  const left = once(signal, 'abort', { signal: over.signal }).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, left]);
  } finally {
    over.abort();
    promise.catch(() => {});
  }
}

async function within(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  const over = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([promise, late]);
  over.abort();
}

/** Waits until no shard is waiting or under way anywhere; queues what was lost with a Redis that had nothing on its disk. */
async function untilEmpty(plan: ShardPlan, queue: ShardQueue, signal: AbortSignal): Promise<void> {
  const before = new Map<number, number>();
  while (!signal.aborted) {
    const open = await orLeave(signal, openJobs(queue));
    if (open === 0) {
      const again = await orLeave(signal, fillQueue(plan, queue, { failed: false }));
      if (!again || again.length === 0) return;
      for (const shard of again) before.set(shard, (before.get(shard) ?? 0) + 1);
      const elsewhere = again.filter((shard) => (before.get(shard) ?? 0) > LOSSES);
      if (elsewhere.length > 0) throw notHere(elsewhere);
    }
    await orLeave(signal, sleep(POLL_MS));
  }
}

/** A shard that was done and is not here, again and again. */
const LOSSES = 3;

const notHere = (shards: readonly number[]): EsrganError =>
  new EsrganError(
    'SHARDS_MISSING',
    `other workers have done ${list(shards)}, but not into the output folder here`,
    {
      remedy: 'All workers must see the same output folder at the same path.',
    },
  );

async function throwFailed(plan: ShardPlan, queue: ShardQueue): Promise<void> {
  const failed = await queue.getJobs(['failed']);
  if (failed.length === 0) return;
  const [{ data }] = failed;
  throw new EsrganError(
    'SHARDS_FAILED',
    `${failed.length} of ${plan.shards.length} shards failed: ${list(failed.map((job) => job.data.shard))}; shard ${data.shard}: ${whyFailed(failed[0])}`,
    { remedy: 'Mend the cause and start a worker again: it takes up the shards that have failed.' },
  );
}

const SHOWN = 12;

const list = (shards: readonly number[]): string =>
  shards.slice(0, SHOWN).join(', ') + (shards.length > SHOWN ? ` and ${shards.length - SHOWN} more` : '');
