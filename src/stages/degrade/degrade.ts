import type { OperatorFunction } from 'rxjs';
import { EsrganError } from '../../errors.js';
import { type Lease, type Meter, orderedMap, Pool } from '../../flow/index.js';
import type { Sample } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import { Crop, type MissingSample, type SharedPixels } from '../decode/crop.js';
import type { DegradeOptions } from './options.js';
import type { Pair, PairPlan, PairSample } from './pair.js';

/** A finished training pair. It holds its lease until the trainer has used it. */
export interface LeasedPair extends Pair {
  readonly sample: Sample;
  readonly lease: Lease;
}

export interface WorkerSetup {
  readonly arena: SharedArrayBuffer;
  readonly degrade: DegradeOptions;
  /** Folder that plug-in paths are relative to. */
  readonly baseFolder: string;
  readonly plan: PairPlan;
}

/** What a worker is sent; the buffer is left out when it is the arena, which the worker has. */
export interface PairTask extends Omit<SharedPixels, 'buffer'> {
  readonly buffer?: SharedArrayBuffer;
  readonly sample: PairSample;
}

export type PairAnswer = Pair & { readonly warnings: readonly string[] };

export type DegradePool = Pool<PairTask, PairAnswer>;

/** Threads that degrade; they start when the first crop comes. */
export function degradePool(setup: WorkerSetup, threads: number): DegradePool {
  return new Pool(new URL('./worker.js', import.meta.url), threads, setup);
}

/** So many samples failing one after the other is no accident of one picture. */
const FAILURES_IN_A_ROW = 32;

/**
 * Makes a training pair of every crop in worker threads, in order. Everything random comes from the
 * sample's seed, so the bytes do not depend on the number of threads. A sample that fails is reported
 * and passed on as missing; the stream fails when one sample after the other does.
 */
export function degrade(
  pool: DegradePool,
  arena: SharedArrayBuffer,
  ctx: StageContext,
  meter?: Meter,
): OperatorFunction<Crop | MissingSample, LeasedPair | MissingSample> {
  let failures = 0;

  const make = async (crop: Crop | MissingSample): Promise<LeasedPair | MissingSample> => {
    if (!(crop instanceof Crop)) return crop;
    const { sample, lease } = crop;
    const { buffer, ...place } = crop.shared;
    const { id, seed, epoch } = sample;
    try {
      const answer = await pool.run({
        ...place,
        buffer: buffer === arena ? undefined : buffer,
        sample: { id, seed, epoch },
      });
      for (const warning of answer.warnings) ctx.warn(warning, sample.source.path);
      failures = 0;
      return { sample, lease, ...answer };
    } catch (error) {
      const missing = (error as Error).message;
      if (++failures >= FAILURES_IN_A_ROW) {
        throw new EsrganError(
          'DEGRADE_FAILING',
          `${failures} samples in a row could not be degraded; the last: ${missing}`,
          {
            remedy: 'Look at the operator that is named; nothing can be trained on when every sample fails.',
            cause: error,
          },
        );
      }
      ctx.warn(missing, sample.source.path);
      return { sample, lease, missing };
    } finally {
      crop.release();
    }
  };
  return orderedMap(make, pool.concurrency, meter);
}
