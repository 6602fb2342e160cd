import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../src/config/package-root.js';
import { createImagePool } from '../src/degradations/image-pool.js';
import { readPixels } from '../src/images/read.js';
import { view } from '../src/images/view.js';
import { sampleSeed } from '../src/random/rng.js';
import { compileChain } from '../src/stages/degrade/compile.js';
import { DegradeOptions } from '../src/stages/degrade/options.js';
import { makePair, type PairTools } from '../src/stages/degrade/pair.js';
import { WIDTH } from './inputs.js';

/** Makes pair after pair of a crop of 400 pixels of a photograph, on this thread, as a worker does. */
export async function pairMaker(folder: string, preset: string) {
  const [name] = readdirSync(folder).sort();
  const file = path.join(folder, name);
  const { height = 0 } = await sharp(file).metadata();
  const source = {
    id: name,
    path: file,
    width: WIDTH,
    height,
    format: 'png',
    channels: 3,
    notes: [],
  } as const;
  const crop = view(await readPixels(source), 400, 300, 400, 400);
  const chain = await compileChain(DegradeOptions.parse({ preset }), packageRoot);
  const pool = createImagePool();
  const plan = { scale: 4, gt_size: 256, use_hflip: true, use_rot: true };
  const gt = new Uint8Array(3 * 256 * 256);
  const lq = new Uint8Array(3 * 64 * 64);
  return (i: number, after?: PairTools['after']) => {
    const sample = { id: `${name}#${i}`, seed: sampleSeed(0, 0, `${i}`), epoch: 0 };
    return makePair(crop, sample, plan, chain, { pool, gt, lq, after });
  };
}
