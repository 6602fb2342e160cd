import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../src/config/package-root.js';
import { createImagePool } from '../src/degradations/image-pool.js';
import type { Pixels } from '../src/images/pixels.js';
import { probe } from '../src/images/probe.js';
import { readPixels } from '../src/images/read.js';
import { clone, view } from '../src/images/view.js';
import { psnr } from '../src/metrics/index.js';
import { runPipeline } from '../src/pipeline/index.js';
import { sampleSeed } from '../src/random/rng.js';
import { compileChain } from '../src/stages/degrade/compile.js';
import { DegradeOptions } from '../src/stages/degrade/options.js';
import { makePair } from '../src/stages/degrade/pair.js';
import { enlarge, loadEnlarger } from '../src/upscale/index.js';
import { type Bench, type BenchResult, round } from './bench.js';
import { strangers } from './inputs.js';
import { pipelineFrom } from './pipelines.js';

/** Minutes of training from scratch. */
const MINUTES = Number(process.env.RESTORE_MINUTES ?? 10);
/** Draws of the degradation for each photograph: the first ones, none is chosen. */
const DRAWS = 8;
const HELD_BACK = ['coffee.png', 'chelsea.png'];
/** A scan in shades of orange, which gives most of the sample's crops: networks learn its colour from it. */
const TINTED = 'retina.jpg';
const GOAL = 0.3;
const out = path.join(packageRoot, '.bench/restore');
const sample = (name: string): string => path.join(packageRoot, 'datasets/sample', name);

const pipeline = async (iters: number) =>
  pipelineFrom(`
name: restore
scale: 4
source:
  images: [${[sample('*.{png,jpg}'), ...strangers()].map((text) => JSON.stringify(text)).join(', ')}]
  exclude: [${[...HELD_BACK, TINTED].map((name) => JSON.stringify(sample(name))).join(', ')}]
stages:
  - multiscale: { scales: [0.5, 0.3333333333333333, 0.25], shortest_edge: 400 }
  - crop: { size: 400, step: 200 }
  - shuffle:
  - degrade: { preset: realesrnet }
  - batch: { size: 4, gt_size: 128 }
sink:
  train:
    name: restore
    path: { experiments_root: ${out} }
    network_g: { type: MSRResNet, num_feat: 32, num_block: 8, upscale: 4 }
    train:
      ema_decay: 0.995
      optim_g: { type: Adam, lr: 1.0e-3, betas: [0.9, 0.99] }
      scheduler: { type: CosineAnnealingRestartLR, periods: [${iters}], eta_min: 1.0e-6 }
      total_iter: ${iters}
      pixel_opt: { type: L1Loss }
    logger: { print_freq: ${Math.max(1, Math.floor(iters / 20))} }
`);

/** Trains and returns the seconds of a step. */
async function train(iters: number, log: (line: string) => void): Promise<number> {
  const run = runPipeline(await pipeline(iters));
  let time = 0;
  run.events.subscribe((event) => {
    if (event.type !== 'iter') return;
    time = event.time;
    log(
      `iter ${event.iter} of ${iters}: l_pix ${round(event.losses.l_pix!, 4)}, ${round(time * 1000, 1)} ms`,
    );
  });
  await run.done;
  return time;
}

interface Held {
  readonly name: string;
  readonly gt: Pixels;
  readonly lq: Pixels;
}

async function heldBack(): Promise<Held[]> {
  const chain = await compileChain(DegradeOptions.parse({ preset: 'realesrnet' }), packageRoot);
  const pool = createImagePool();
  const held: Held[] = [];
  for (const name of HELD_BACK) {
    const file = sample(name);
    const header = await probe(file);
    if (!header.ok) throw new Error(header.reason);
    const whole = await readPixels({ id: name, path: file, ...header });
    const crop = clone(view(whole, 0, 0, whole.width & ~3, whole.height & ~3));
    for (let i = 0; i < DRAWS; i++) {
      const id = `${name}#${i}`;
      const plan = { scale: 4, use_hflip: false, use_rot: false };
      const pair = await makePair(crop, { id, seed: sampleSeed(0, 0, id), epoch: 0 }, plan, chain, { pool });
      const pixels = (data: Uint8Array, { width, height }: { width: number; height: number }): Pixels => ({
        ...{ data, width, height, channels: 3, stride: 3 * width },
      });
      held.push({ name: id, gt: pixels(pair.gt, pair.gtSize), lq: pixels(pair.lq, pair.lqSize) });
    }
  }
  return held;
}

const raw = ({ width, height }: Pixels) => ({ raw: { width, height, channels: 3 as const } });

async function bicubic(lq: Pixels): Promise<Pixels> {
  const [width, height] = [4 * lq.width, 4 * lq.height];
  const data = await sharp(lq.data, raw(lq))
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .raw()
    .toBuffer();
  return { data, width, height, channels: 3, stride: 3 * width };
}

/** Bicubic, network and gt of every draw, a row each. */
async function picture(rows: readonly (readonly Pixels[])[]): Promise<string> {
  const [w, h] = [400, 300];
  const tiles = await Promise.all(
    rows.map((row) =>
      Promise.all(row.map((p) => sharp(p.data, raw(p)).resize(w, h, { fit: 'cover' }).png().toBuffer())),
    ),
  );
  const file = path.join(out, 'restore.png');
  const layers = tiles.flatMap((row, y) => row.map((input, x) => ({ input, left: x * w, top: y * h })));
  await sharp({ create: { width: 3 * w, height: rows.length * h, channels: 3, background: 'black' } })
    .composite(layers)
    .png()
    .toFile(file);
  return file;
}

export const restore: Bench = {
  name: 'restore',
  async run(log): Promise<BenchResult> {
    mkdirSync(out, { recursive: true });
    const step = await train(60, () => {});
    const iters = Math.max(60, Math.round((MINUTES * 60) / step));
    log(`${iters} iterations of ${round(step * 1000, 1)} ms`);
    await train(iters, log);
    const network = await loadEnlarger(path.join(out, 'restore/models/net_g_latest.safetensors'));
    const rows: (string | number)[][] = [];
    const shown: Pixels[][] = [];
    const gains: number[] = [];
    for (const { name, gt, lq } of await heldBack()) {
      const [cubic, sr] = [await bicubic(lq), await enlarge(network, lq)];
      const [plain, ours] = [psnr(cubic, gt, { crop_border: 4 }), psnr(sr, gt, { crop_border: 4 })];
      gains.push(ours - plain);
      rows.push([name, round(plain), round(ours), round(ours - plain)]);
      shown.push([cubic, sr, gt]);
    }
    network.dispose();
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    const better = gains.filter((gain) => gain > 0).length;
    log(`saved ${await picture(shown)}`);
    writeFileSync(path.join(out, 'restore.json'), JSON.stringify(rows));
    return {
      name: 'restore',
      what: `a small MSRResNet after ${MINUTES} minutes of preset realesrnet on other photographs (${iters} iterations), on ${HELD_BACK.length} held-back photographs in their first ${DRAWS} draws, PSNR against gt as the preset gives it`,
      columns: ['held back', 'bicubic dB', 'network dB', 'gain dB'],
      rows: [...rows, [`better in ${better} of ${gains.length}`, '', 'mean', round(mean)]],
      ratio: round(mean),
      goal: `a mean gain of ${GOAL} dB`,
      ok: mean >= GOAL,
      figures: { iters, step_ms: round(step * 1000, 1), mean_gain_db: round(mean, 3), better },
    };
  },
};
