import { sampleSeed } from '../random/rng.js';
import type { PoolPlan } from './pool.js';
import { pooled, pooledFrom } from './pooled.js';
import { type SampleMaker, type Step, sampleId, skip } from './steps.js';
import type { Visit } from './types.js';

/** What fixes the sequence of samples of a run, next to the images themselves. */
export interface RunOrder {
  readonly seed: number;
  /** Endless when absent. */
  readonly epochs?: number;
  /** Samples to skip: where an earlier run stopped. */
  readonly start: number;
  /** Mixes the batches as the original's training pair pool does. */
  readonly pool?: PoolPlan;
}

/** One epoch's steps, for samples made by `make` and numbered from `start`. */
export type EpochOrder = (
  visits: readonly Visit[],
  epoch: number,
  make: SampleMaker,
  start: number,
) => Iterable<Step>;

export function sampleMaker(seed: number, epoch: number): SampleMaker {
  return (visit, window, position) => {
    const id = sampleId(visit, window);
    return {
      id,
      source: visit.source,
      window,
      epoch,
      // Hashed when it is asked for: cutting sub-images needs none.
      get seed() {
        return sampleSeed(seed, epoch, id);
      },
      position,
    };
  };
}

export function samplesPerEpoch(visits: readonly Visit[]): number {
  return visits.reduce((sum, visit) => sum + visit.count, 0);
}

/** The steps of all epochs, lazily, from the given start. Ends at once when there is nothing to sample. */
export function planEpochs(visits: readonly Visit[], run: RunOrder, order: EpochOrder): Iterable<Step> {
  const { pool, start } = run;
  if (!pool) return fromStart(visits, run, order);
  const from = pooledFrom(pool, start);
  return pooled(fromStart(visits, { ...run, start: from }, order), pool, from, start);
}

function* fromStart(visits: readonly Visit[], run: RunOrder, order: EpochOrder): Generator<Step> {
  const total = samplesPerEpoch(visits);
  if (total === 0) return;
  const first = Math.floor(run.start / total);
  for (let epoch = first; run.epochs === undefined || epoch < run.epochs; epoch++) {
    const begin = epoch * total;
    yield* skip(order(visits, epoch, sampleMaker(run.seed, epoch), begin), Math.max(0, run.start - begin));
  }
}
