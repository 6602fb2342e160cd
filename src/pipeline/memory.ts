import type { Pipeline } from '../config/pipeline-file.js';
import { MOST_MEMORY } from '../flow/index.js';

/** How the memory of a run is divided, in bytes. */
export interface MemoryPlan {
  /** Decoded images, open for crops. */
  readonly arena: number;
  /** Pairs on their way to the sink, or crops when there is no degrade stage. */
  readonly pairs: number;
  /** What one crop, or the pair made of it, takes of `pairs`. */
  readonly perCrop: number;
  readonly total: number;
}

/** The rest of the memory serves images that are being decoded. */
const ARENA_SHARE = 0.75;

/** Crops that may be on their way to a sink without batches. */
const LOOSE_CROPS = 64;

/**
 * Pairs have a budget of their own, large enough for the batches that wait and the one being gathered: a
 * batch that waits for its last pairs can always get them.
 */
export function memoryPlan(pipeline: Pipeline): MemoryPlan {
  const { batch, shuffle } = pipeline.stages;
  const images = shuffle?.memory ?? pipeline.memory;
  const arena = Math.min(MOST_MEMORY, Math.floor(images * ARENA_SHARE));
  if (!batch) return { arena, pairs: LOOSE_CROPS, perCrop: 1, total: images };
  const perCrop = 3 * batch.gt_size ** 2 * (1 + 1 / pipeline.scale ** 2);
  const pairs = perCrop * batch.size * (batch.ahead + 1);
  return { arena, pairs, perCrop, total: images + pairs };
}
