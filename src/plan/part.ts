/** A reader's part of the planned order: each of `world` ranks takes every world-th sample, and so do its workers of that. */
export interface Part {
  readonly rank: number;
  readonly world: number;
  /** Of the rank's own samples, this worker's. */
  readonly worker: number;
  readonly workers: number;
  /** Samples that a worker takes one after the other: the batch of a loader that asks its workers in turn. */
  readonly batch: number;
}

/**
 * Whether the sample at `position` of the run belongs to the part. Positions are those of the whole run, so that the
 * parts of two ranks never differ by more than one sample, however many epochs have passed.
 */
export function isOwn({ rank, world, worker, workers, batch }: Part, position: number): boolean {
  if (position % world !== rank) return false;
  const place = Math.floor(position / world);
  return Math.floor(place / batch) % workers === worker;
}
