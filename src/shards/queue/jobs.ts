import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { ShardPlan } from '../plan-file.js';
import { unfinished } from '../target.js';

/** What a job of the queue says: which shard it is. */
export interface ShardJob {
  readonly shard: number;
}

/** What is known of a shard that is done. */
export interface ShardResult {
  /** Samples that this worker wrote; 0 when the shard was finished already. */
  readonly samples: number;
}

export type ShardQueue = Queue<ShardJob, ShardResult>;

/** All keys in Redis begin with it. */
export const PREFIX = 'esrgan';

/** Every plan has a queue of its own, so that workers of different plans never meet. */
export const queueName = ({ digest }: ShardPlan): string => `plan-${digest.slice(0, 24)}`;

export async function openQueue(plan: ShardPlan, connection: Redis): Promise<ShardQueue> {
  const { Queue } = await import('bullmq');
  const queue: ShardQueue = new Queue(queueName(plan), { connection, prefix: PREFIX });
  // Whoever opened the connection hears of its errors, and commands reject by themselves.
  queue.on('error', () => {});
  return queue;
}

/** How often a shard is tried that ends with an error which waiting may mend (a full disk, a network folder that is away). */
export const ATTEMPTS = 5;
const FIRST_DELAY_MS = 2000;

/**
 * Brings the queue in step with the output folder, which alone says what is finished: shards that are not, and are neither
 * waiting nor under way, are queued (again); those that have failed only with `failed`. Any number of workers may do this
 * at the same time. Returns the shards that were not in the queue or should not have been over.
 */
export async function fillQueue(
  plan: ShardPlan,
  queue: ShardQueue,
  { failed }: { failed: boolean },
): Promise<number[]> {
  // In this order: a shard that is completed here was in the folder before.
  const over = await queue.getJobs(failed ? ['completed', 'failed'] : ['completed']);
  const kept = failed ? [] : await queue.getJobs(['failed']);
  const left = new Set(kept.map((job) => job.data.shard));
  const due = plan.shards.flatMap((_, shard) =>
    !left.has(shard) && unfinished(plan, shard).length > 0 ? [shard] : [],
  );
  const again = new Set(due);
  // What another worker has queued anew in this moment, and has begun, cannot be removed and need not be.
  for (const job of over) if (again.has(job.data.shard)) await job.remove().catch(() => {});
  await queue.addBulk(
    due.map((shard) => ({
      name: 'shard',
      data: { shard },
      opts: {
        jobId: `shard-${shard}`,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: FIRST_DELAY_MS },
      },
    })),
  );
  return due;
}

/** Jobs that are waiting or under way. */
export async function openJobs(queue: ShardQueue): Promise<number> {
  const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Why a job has failed for good. */
export const whyFailed = ({ failedReason }: Pick<Job, 'failedReason'>): string =>
  /stalled more than/.test(failedReason ?? '')
    ? 'the workers that did it died again and again; perhaps it needs more memory than they have'
    : failedReason || 'no reason given';
