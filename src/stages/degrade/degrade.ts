import type { OperatorFunction } from 'rxjs';
import { EsrganError } from '../../errors.js';
import { type Arena, type Lease, type Meter, orderedMap } from '../../flow/index.js';
import type { Sample } from '../../plan/types.js';
import { buffersOf } from '../../training/batch.js';
import type { StageContext } from '../context.js';
import { Crop, type MissingSample } from '../decode/crop.js';
import type { PairArrays } from '../workers/tasks.js';
import type { Workers } from '../workers/workers.js';
import { defaultFailures } from './defaults.js';
import type { DegradeOptions } from './options.js';
import type { Pair } from './pair.js';

/** A finished training pair. It holds its lease until the trainer has used it. */
export interface LeasedPair extends Pair {
  readonly sample: Sample;
  readonly lease: Lease;
  /** Call it when gt and lq have been copied: another pair is then written into their memory. */
  recycle(): void;
}

/** What the stage runs with; how pairs are made, the workers have been told. */
export interface DegradeStage extends Pick<DegradeOptions, 'max_failures'> {
  readonly workers: Workers;
  readonly arena: Arena;
  readonly meter?: Meter;
}

/**
 * Makes a training pair of every crop in worker threads, in order. Everything random comes from the
 * sample's seed, so the bytes do not depend on the number of threads. A sample that fails is reported
 * and passed on as missing.
 *
 * @throws EsrganError DEGRADE_FAILING (through the stream) when more than `max_failures` different crops have
 * failed, or that many samples one after the other
 */
export function degrade(
  { workers, arena, max_failures = defaultFailures, meter }: DegradeStage,
  ctx: StageContext,
): OperatorFunction<Crop | MissingSample, LeasedPair | MissingSample> {
  const failed = new Set<string>();
  let inARow = 0;
  const spare: PairArrays[] = [];

  const make = async (crop: Crop | MissingSample): Promise<LeasedPair | MissingSample> => {
    if (!(crop instanceof Crop)) return crop;
    const { sample, lease } = crop;
    const { id, seed, epoch } = sample;
    const position = sample.drawnAt ?? sample.position;
    try {
      const shared = crop.sharedWith(arena.memory);
      const out = spare.pop();
      const lq = crop.lqSharedWith(arena.memory);
      const task = { kind: 'pair', crop: shared, lq, sample: { id, seed, epoch, position }, out } as const;
      const answer = await workers.run<'pair'>(task, out && Object.values(buffersOf(out)));
      for (const warning of answer.warnings) ctx.warn(warning, sample.source.path);
      inARow = 0;
      const recycle = (): void => {
        const { gt, lq, gt_usm } = answer;
        spare.push((gt_usm ? { gt, lq, gt_usm } : { gt, lq }) as PairArrays);
      };
      return { sample, lease, ...answer, recycle };
    } catch (error) {
      const missing = (error as Error).message;
      failed.add(id);
      if (Math.max(++inARow, failed.size) > max_failures) throw tooMany(failed.size, missing, error);
      ctx.warn(missing, sample.source.path);
      return { sample, lease, missing };
    } finally {
      crop.release();
    }
  };
  return orderedMap(make, workers.concurrency, meter);
}

function tooMany(failed: number, last: string, cause: unknown): EsrganError {
  const own = cause instanceof EsrganError ? cause.remedy : undefined;
  const crops = failed === 1 ? '1 crop' : `${failed} crops`;
  return new EsrganError('DEGRADE_FAILING', `${crops} could not be degraded; the last: ${last}`, {
    cause,
    remedy: `${own ?? 'Look at the operator that is named.'} Or allow more failures: degrade: { steps: [...], max_failures: N }.`,
  });
}
