import type { Step } from './steps.js';

/** How well a shuffle mixes: the chance that two pairs of a batch come from the same source. */
export interface Mixture {
  readonly sameSource: number;
  /** The same chance if all samples of the epoch lay in one drum. */
  readonly perfect: number;
}

/** Measured over the first `limit` samples of an epoch, batch by batch. */
export function mixture(
  steps: Iterable<Step>,
  batchSize: number,
  counts: readonly number[],
  limit = 50_000,
): Mixture {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const perfect =
    total < 2 ? 1 : counts.reduce((sum, count) => sum + count * (count - 1), 0) / (total * (total - 1));
  let same = 0;
  let pairs = 0;
  let seen = 0;
  let batch: string[] = [];
  for (const step of steps) {
    if (step.kind !== 'sample') continue;
    batch.push(step.sample.source.id);
    if (batch.length === batchSize) {
      const tally = new Map<string, number>();
      for (const id of batch) tally.set(id, (tally.get(id) ?? 0) + 1);
      for (const count of tally.values()) same += (count * (count - 1)) / 2;
      pairs += (batchSize * (batchSize - 1)) / 2;
      batch = [];
    }
    if (++seen >= limit) break;
  }
  return { sameSource: pairs === 0 ? 1 : same / pairs, perfect };
}
