import { OpenSources } from './open-sources.js';
import { PairPool, type PoolPlan, poolHorizon, poolPermutation } from './pool.js';
import type { Step } from './steps.js';
import type { Sample, Visit } from './types.js';

interface Waiting {
  readonly visit: Visit;
  readonly sample: Sample;
}

/** Where the plan has to begin so that `pooled` can hand on the samples from position `start` on. */
export function pooledFrom(pool: PoolPlan, start: number): number {
  return poolHorizon(pool, Math.floor(start / pool.batch)) * pool.batch;
}

/**
 * The order in which a pool of training pairs hands them on, as a plan of the same kind: a pair is made when the
 * pool would give it out, so that no pixels wait in it. `steps` begin at position `from`; what comes out, at
 * `start`. A sample keeps the place at which it entered the pool as `drawnAt`.
 */
export function* pooled(steps: Iterable<Step>, plan: PoolPlan, from: number, start: number): Generator<Step> {
  const sources = new OpenSources(plan.memory);
  const visits = new Map<symbol, Visit>();
  // In the middle of a run the pool is full of pairs that will have left it before `start`.
  const pool = new PairPool<Waiting | undefined>(
    plan.size,
    from > 0 ? new Array<undefined>(plan.size).fill(undefined) : [],
  );
  let position = from;
  let fresh: Waiting[] = [];

  function exchange(): void {
    const batch = fresh;
    const index = Math.floor(position / plan.batch);
    fresh = [];
    for (const { visit } of batch) sources.announce(visit, pool.full ? 1 : 2);
    for (const out of pool.exchange(batch, () => poolPermutation(plan, index))) {
      const place = position++;
      if (out) sources.take(out.visit, place < start ? undefined : moved(out.sample, place));
    }
  }

  for (const step of steps) {
    if (step.kind === 'open') {
      visits.set(step.key, step.visit);
      sources.expect(step);
      continue;
    }
    fresh.push({ visit: visits.get(step.key) as Visit, sample: step.sample });
    if (fresh.length < plan.batch) continue;
    exchange();
    yield* sources.settled();
  }
  if (fresh.length > 0) exchange();
  yield* sources.end();
}

/** The same sample at another place of the run. */
function moved(sample: Sample, position: number): Sample {
  return { ...sample, position, drawnAt: sample.position };
}
