import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { EsrganError } from '../../errors.js';
import type { ShardPlan } from '../plan-file.js';
import { prepareShard, type ShardWork } from '../work.js';
import type { QueueAddress } from './address.js';
import type { ConnectionEvent } from './connect.js';
import { ATTEMPTS, PREFIX, queueName, type ShardJob, type ShardResult } from './jobs.js';

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

const RETRY_MS = 500;
const PROGRESS_EVERY_MS = 1000;
/** How often workers may die on the same shard. */
const DEATHS = 10;

/** A worker that takes shards from the queue, one after the other, until it is closed; `count` is called for each it has done. */
export async function startWorker(
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
    runRetryDelay: RETRY_MS,
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
