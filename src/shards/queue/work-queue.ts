import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { EsrganError } from '../../errors.js';
import type { ShardPlan } from '../plan-file.js';
import { prepareShard, type ShardWork } from '../work.js';
import type { QueueAddress } from './address.js';
import { type ConnectionEvent, connectQueue } from './connect.js';
import {
  ATTEMPTS,
  fillQueue,
  openJobs,
  openQueue,
  PREFIX,
  queueName,
  type ShardJob,
  type ShardQueue,
  type ShardResult,
  whyFailed,
} from './jobs.js';

/** What happens to a worker and its shards. */
export type QueueEvent =
  | ConnectionEvent
  | { readonly type: 'begun' | 'finished' | 'given back' | 'lost' | 'stalled'; readonly shard: number }
  | { readonly type: 'failed'; readonly shard: number; readonly reason: string; readonly again: boolean }
  | { readonly type: 'trouble'; readonly reason: string };

/** One shard to do; `progress` takes the share that is done. */
export type RunShard = (
  shard: number,
  work: ShardWork,
  control: { readonly signal: AbortSignal; readonly progress: (share: number) => void },
) => Promise<void>;

export interface QueueWork {
  readonly queue: QueueAddress;
  /** Of this worker, for `esrgan status`. */
  readonly name: string;
  /** Milliseconds after which the shard of a worker that says nothing is given to another. */
  readonly takeover: number;
  readonly run: RunShard;
  /** Abort it to leave: the shard under way is given back, what is finished of it is kept. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: QueueEvent) => void;
}

const POLL_MS = 500;
const PROGRESS_EVERY_MS = 1000;
/** A Redis that is away shall not hold up a worker that leaves: its shard is taken over in any case. */
const LEAVE_WITHIN_MS = 5000;
/** How often workers may die on the same shard. */
const DEATHS = 10;

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
    await fillQueue(plan, queue, { failed: true });
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

async function within(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  const over = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([promise, late]);
  over.abort();
}

async function startWorker(
  plan: ShardPlan,
  redis: Redis,
  { run, signal, name, takeover, onEvent }: QueueWork,
  count: () => void,
): Promise<Worker<ShardJob, ShardResult>> {
  const { UnrecoverableError, WaitingError, Worker } = await import('bullmq');
  let lost = new AbortController();

  const doShard = async (job: Job<ShardJob, ShardResult>, token?: string): Promise<ShardResult> => {
    const { shard } = job.data;
    lost = new AbortController();
    const leave = AbortSignal.any([signal, lost.signal]);
    const giveBack = async (): Promise<never> => {
      if (lost.signal.aborted) onEvent({ type: 'lost', shard });
      else {
        await job.moveToWait(token);
        onEvent({ type: 'given back', shard });
      }
      throw new WaitingError();
    };
    if (leave.aborted) return giveBack();
    try {
      const due = await prepareShard(plan, shard);
      if (due.part) {
        onEvent({ type: 'begun', shard });
        await run(shard, due, { signal: leave, progress: progressOf(job, redis) });
        if (leave.aborted && (await prepareShard(plan, shard)).part) return giveBack();
        onEvent({ type: 'finished', shard });
        count();
      }
      return { samples: due.samples };
    } catch (error) {
      if (error instanceof WaitingError) throw error;
      if (leave.aborted) return giveBack();
      const reason = (error as Error).message;
      const passes = mayPass(error);
      onEvent({ type: 'failed', shard, reason, again: passes && job.attemptsMade + 1 < ATTEMPTS });
      throw passes ? error : new UnrecoverableError(reason);
    }
  };
  const worker = new Worker<ShardJob, ShardResult>(queueName(plan), doShard, {
    ...{ connection: redis, prefix: PREFIX, name, concurrency: 1, drainDelay: 1 },
    ...{ lockDuration: takeover, stalledInterval: Math.ceil(takeover / 2), maxStalledCount: DEATHS },
    runRetryDelay: POLL_MS,
  });
  worker.on('stalled', (id) => onEvent({ type: 'stalled', shard: Number(/\d+$/.exec(id)?.[0]) }));
  worker.on('lockRenewalFailed', () => lost.abort());
  worker.on('error', (error) => {
    if (redis.status === 'ready' && !isLost(error)) onEvent({ type: 'trouble', reason: error.message });
  });
  return worker;
}

/** What the system has said (a full disk, a server that is away) may pass; what is wrong with a plan or a photograph stays. */
const mayPass = (error: unknown): boolean => !(error instanceof EsrganError) || error.cause !== undefined;

/** Said of a lock that has run out, in addition to `lockRenewalFailed`; and of connections, which are watched elsewhere. */
const isLost = (error: Error): boolean =>
  /lock|Connection is closed|Stream isn't writeable|ECONN|LOADING/.test(error.message);

function progressOf(job: Job, redis: Redis): (share: number) => void {
  let told = 0;
  return (share) => {
    const now = performance.now();
    if (now - told < PROGRESS_EVERY_MS || redis.status !== 'ready') return;
    told = now;
    job.updateProgress(Math.round(share * 1000) / 1000).catch(() => {});
  };
}

/** Waits until no shard is waiting or under way anywhere; queues what was lost with a Redis that had nothing on its disk. */
async function untilEmpty(plan: ShardPlan, queue: ShardQueue, signal: AbortSignal): Promise<void> {
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  const before = new Map<number, number>();
  const orLeave = <T>(promise: Promise<T>): Promise<T | undefined> =>
    Promise.race([promise, aborted.then(() => undefined)]);
  while (!signal.aborted) {
    const open = await orLeave(openJobs(queue));
    if (open === 0) {
      const again = await orLeave(fillQueue(plan, queue, { failed: false }));
      if (!again || again.length === 0) return;
      for (const shard of again) before.set(shard, (before.get(shard) ?? 0) + 1);
      const elsewhere = again.filter((shard) => (before.get(shard) ?? 0) > LOSSES);
      if (elsewhere.length > 0) throw notHere(elsewhere);
    }
    await orLeave(sleep(POLL_MS));
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
