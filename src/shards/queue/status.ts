import type { Job } from 'bullmq';
import type { ShardPlan } from '../plan-file.js';
import { folderStatus, type PlanStatus, pace, rateOf, type Span, type WorkerStatus } from '../status.js';
import type { QueueAddress } from './address.js';
import { connectQueue } from './connect.js';
import { openQueue, type ShardJob, type ShardResult, whyFailed } from './jobs.js';

const PATIENCE_MS = 5000;
/** Finished shards that are looked at for the rate; more than ten minutes have of them. */
const LATEST = 2000;

/**
 * How far a plan is by its queue: what is in no job there was finished before the queue was made.
 *
 * @throws EsrganError `QUEUE_URL`, `QUEUE_AWAY`
 */
export async function queueStatus(plan: ShardPlan, address: QueueAddress): Promise<PlanStatus> {
  const redis = await connectQueue(address, { patience: PATIENCE_MS });
  try {
    const queue = await openQueue(plan, redis);
    const [waiting, active, failed, completed, connected] = await Promise.all([
      queue.getJobs(['wait', 'delayed', 'prioritized']),
      queue.getJobs(['active']),
      queue.getJobs(['failed']),
      queue.getJobs(['completed'], 0, LATEST - 1),
      queue.getWorkers(),
    ]);
    const workers = workersOf(
      connected.map(({ rawname }) => nameOf(String(rawname))),
      active,
    );
    if (waiting.length + active.length + failed.length + completed.length === 0)
      return { ...folderStatus(plan), workers };
    const pixelsOf = ({ data }: Job<ShardJob>): number => plan.shards[data.shard]?.pixels ?? 0;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const all = sum(plan.shards.map((shard) => shard.pixels));
    const begun = sum(active.map((job) => pixelsOf(job) * progressOf(job)));
    const open = sum([...waiting, ...active, ...failed].map(pixelsOf));
    const pixels = { all, done: all - open + begun };
    const now = Date.now();
    const spans: Span[] = [
      ...completed.map((job) => ({ ...span(job, job.finishedOn ?? now), pixels: pixelsOf(job) })),
      ...active.map((job) => ({ ...span(job, now), pixels: pixelsOf(job) * progressOf(job) })),
    ];
    return {
      shards: plan.shards.length,
      done: plan.shards.length - waiting.length - active.length - failed.length,
      underWay: active.length,
      waiting: waiting.length,
      failed: failed.map((job) => ({ shard: job.data.shard, reason: whyFailed(job) })),
      ...{ pixels, workers },
      ...pace(pixels, rateOf(spans, now)),
    };
  } finally {
    redis.disconnect();
  }
}

type ShardWork = Job<ShardJob, ShardResult>;

const span = ({ processedOn }: ShardWork, to: number): Pick<Span, 'from' | 'to'> => ({
  from: processedOn ?? to,
  to,
});

const progressOf = ({ progress }: ShardWork): number => (typeof progress === 'number' ? progress : 0);

/** Connections are called `prefix:queue:w:name`. */
const nameOf = (connection: string): string => /:w:(.*)$/.exec(connection)?.[1] ?? connection;

/** Those that are connected, and those that have just died over a shard. */
function workersOf(connected: readonly string[], active: readonly ShardWork[]): WorkerStatus[] {
  const doing = new Map(active.map((job) => [job.processedBy ?? '', job]));
  return [...new Set([...connected, ...doing.keys()])].sort().map((name) => {
    const job = doing.get(name);
    return job ? { name, shard: job.data.shard, progress: progressOf(job) } : { name };
  });
}
