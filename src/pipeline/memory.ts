import type { Pipeline } from '../config/pipeline-file.js';
import { MOST_MEMORY } from '../flow/index.js';
import type { PoolPlan } from '../plan/pool.js';
import { defaultQueue } from '../stages/degrade/defaults.js';

/** How the memory of a run is divided, in bytes. */
export interface MemoryPlan {
  /** Decoded images, open for crops. */
  readonly arena: number;
  /** The part of it that the shuffle plans with. */
  readonly shuffle: number;
  /** Pairs on their way to the sink, or crops when there is no degrade stage. */
  readonly pairs: number;
  /** What one crop, or the pair made of it, takes of `pairs`. */
  readonly perCrop: number;
  readonly total: number;
}

/** The rest of the memory serves images that are being decoded. */
const ARENA_SHARE = 0.75;

/** A pool of pairs keeps sources open for longer than the shuffle does: what is left to the shuffle then. */
const BESIDE_POOL = 0.75;

/** Crops that may be on their way to a sink without batches. */
const LOOSE_CROPS = 64;

/**
 * Pairs have a budget of their own, large enough for the batches that wait and the one being gathered: a
 * batch that waits for its last pairs can always get them.
 */
export function memoryPlan(pipeline: Pipeline): MemoryPlan {
  const { batch, shuffle: mixing } = pipeline.stages;
  const images = mixing?.memory ?? pipeline.memory;
  const arena = Math.min(MOST_MEMORY, Math.floor(images * ARENA_SHARE));
  const shuffle = pooledPairs(pipeline) > 0 ? Math.floor(arena * BESIDE_POOL) : arena;
  if (!batch) return { arena, shuffle, pairs: LOOSE_CROPS, perCrop: 1, total: images };
  const pictures = (wantsUsm(pipeline) ? 2 : 1) + 1 / pipeline.scale ** 2;
  const perCrop = 3 * batch.gt_size ** 2 * pictures;
  const pairs = perCrop * batch.size * (batch.ahead + 1);
  return { arena, shuffle, pairs, perCrop, total: images + pairs };
}

/** Whether the trainer compares with sharpened gt, which the workers then make. */
export function wantsUsm({ sink }: Pipeline): boolean {
  if (sink.kind !== 'train') return false;
  const { l1_gt_usm, percep_gt_usm, gan_gt_usm } = sink.options;
  return l1_gt_usm || percep_gt_usm || gan_gt_usm;
}

/** Part of the arena that sources may fill whose pairs wait in a pool; the rest is for what making copies needs beside them. */
const POOL_SHARE = 0.75;

/** The training pair pool of `mode: reference`. */
export function poolPlan(pipeline: Pipeline): PoolPlan | undefined {
  const size = pooledPairs(pipeline);
  const { batch } = pipeline.stages;
  if (size === 0 || !batch) return undefined;
  return { size, batch: batch.size, seed: pipeline.seed, memory: memoryPlan(pipeline).arena * POOL_SHARE };
}

/** Whole batches. */
function pooledPairs({ stages: { batch, degrade } }: Pipeline): number {
  if (!batch || degrade?.mode !== 'reference') return 0;
  return Math.ceil((degrade.queue_size ?? defaultQueue) / batch.size) * batch.size;
}
