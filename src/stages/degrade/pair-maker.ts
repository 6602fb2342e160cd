import { createImagePool } from '../../degradations/image-pool.js';
import { sharpenBytes } from '../../degradations/usm_sharpen/bytes.js';
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
    const warnings: string[] = [];
    const tools = { pool, ...out, warn: (message: string) => void warnings.push(message) };
    const pair = lq
      ? givenPair(crop, lq, drawPair(crop, sample, plan, chain), plan.scale, out)
      : await makePair(crop, sample, plan, chain, tools);
    if (!plan.gt_usm) return { ...pair, warnings };
    const gt_usm = out?.gt_usm ?? new Uint8Array(pair.gt.length);
    sharpenBytes(pair.gt, pair.gtSize, pool, gt_usm);
    return { ...pair, gt_usm, warnings };
  };
}
