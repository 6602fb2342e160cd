import { createImagePool } from '../../degradations/image-pool.js';
import type { Pixels } from '../../images/pixels.js';
import type { PairAnswer, PairArrays, WorkerSetup } from '../workers/tasks.js';
import { compileChain } from './compile.js';
import { drawPair, type PairSample } from './draw-pair.js';
import { givenPair } from './given-pair.js';
import { makePair } from './pair.js';

/** A thread's own chain and scratch images, as a function from a crop to its pair. */
export async function createPairMaker({
  degrade,
  baseFolder,
  plan,
}: NonNullable<WorkerSetup['pairs']>): Promise<
  (crop: Pixels, sample: PairSample, out?: PairArrays, lq?: Pixels) => Promise<PairAnswer>
> {
  const chain = await compileChain(degrade, baseFolder);
  const pool = createImagePool();
  return async (crop, sample, out, lq) => {
    if (lq)
      return { ...givenPair(crop, lq, drawPair(crop, sample, plan, chain), plan.scale, out), warnings: [] };
    const warnings: string[] = [];
    const tools = { pool, ...out, warn: (message: string) => void warnings.push(message) };
    return { ...(await makePair(crop, sample, plan, chain, tools)), warnings };
  };
}
