import { createImagePool } from '../../degradations/image-pool.js';
import type { Pixels } from '../../images/pixels.js';
import type { PairAnswer, WorkerSetup } from '../workers/tasks.js';
import { compileChain } from './compile.js';
import { makePair, type PairSample } from './pair.js';

/** A thread's own chain and scratch images, as a function from a crop to its pair. */
export async function createPairMaker({
  degrade,
  baseFolder,
  plan,
}: NonNullable<WorkerSetup['pairs']>): Promise<(crop: Pixels, sample: PairSample) => Promise<PairAnswer>> {
  const chain = await compileChain(degrade, baseFolder);
  const pool = createImagePool();
  return async (crop, sample) => {
    const warnings: string[] = [];
    const tools = { pool, warn: (message: string) => void warnings.push(message) };
    return { ...(await makePair(crop, sample, plan, chain, tools)), warnings };
  };
}
