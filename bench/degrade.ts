import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../src/config/package-root.js';
import { createImagePool } from '../src/degradations/image-pool.js';
import { readPixels } from '../src/images/read.js';
import { view } from '../src/images/view.js';
import { runPipeline } from '../src/pipeline/index.js';
import { sampleSeed } from '../src/random/rng.js';
import { compileChain } from '../src/stages/degrade/compile.js';
import { DegradeOptions } from '../src/stages/degrade/options.js';
import { makePair } from '../src/stages/degrade/pair.js';
import { type Bench, type BenchResult, round, seconds } from './bench.js';
import { photographs, WIDTH } from './inputs.js';
import { pipelineFrom } from './pipelines.js';

const GOAL = 100;
const PRESETS = ['realesrgan', 'bsrgan', 'bicubic'] as const;
const PAIRS = 120;

/** Pairs a second of a whole pipeline, reading and multiscale included, on two worker threads. */
async function pairsPerSecond(folder: string, preset: string): Promise<number> {
  const files = readdirSync(folder).sort().slice(0, 8);
  const pipeline = await pipelineFrom(`
name: degrade
workers: 2
source: { images: ${JSON.stringify(files.map((file) => path.join(folder, file)))} }
stages: [{ multiscale: }, { crop: { size: 400, step: 200 } }, { shuffle: }, { degrade: { preset: ${preset} } }, { batch: { size: 12, gt_size: 256 } }]
sink: { discard: }
`);
  let crops = 0;
  const time = await seconds(async () => {
    crops = (await runPipeline(pipeline).done).crops;
  });
  return crops / time;
}

interface Profile {
  /** Milliseconds a pair, by operator; "other" is what lies around them. */
  readonly operators: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Where the time of a pair goes, on one thread. */
async function profile(folder: string): Promise<Profile> {
  const [name] = readdirSync(folder).sort();
  const { height = 0 } = await sharp(path.join(folder, name)).metadata();
  const source = {
    id: name,
    path: path.join(folder, name),
    width: WIDTH,
    height,
    format: 'png',
    channels: 3,
    notes: [],
  } as const;
  const pixels = await readPixels(source);
  const crop = view(pixels, 400, 300, 400, 400);
  const chain = await compileChain(DegradeOptions.parse({ preset: 'realesrgan' }), packageRoot);
  const pool = createImagePool();
  const plan = { scale: 4, gt_size: 256, use_hflip: true, use_rot: true };
  const operators = new Map<string, number>();
  const add = (key: string, ms: number): void =>
    void operators.set(key, (operators.get(key) ?? 0) + ms / PAIRS);
  let total = 0;
  for (let i = -10; i < PAIRS; i++) {
    const sample = { id: `${name}#${i}`, seed: sampleSeed(0, 0, `${i}`), epoch: 0 };
    const begun = performance.now();
    let last = begun;
    const after = (step: { readonly name: string } | undefined): void => {
      const now = performance.now();
      if (i >= 0) add(step?.name ?? 'to lq', now - last);
      last = performance.now();
    };
    await makePair(crop, sample, plan, chain, { pool, after });
    const end = performance.now();
    if (i < 0) continue;
    add('to bytes', end - last);
    total += (end - begun) / PAIRS;
  }
  return { operators, total };
}

/** About the same chain in sharp's own operations: sharpen, 21x21 kernel, resize, JPEG, kernel, resize, JPEG. */
async function withSharp(folder: string): Promise<number> {
  const [name] = readdirSync(folder).sort();
  const crop = await sharp(path.join(folder, name))
    .removeAlpha()
    .extract({ left: 400, top: 300, width: 400, height: 400 })
    .png()
    .toBuffer();
  const kernel = { width: 21, height: 21, kernel: new Array(441).fill(1 / 441) };
  const jpeg = (input: Buffer): Promise<Buffer> =>
    sharp(input).jpeg({ quality: 60, chromaSubsampling: '4:2:0' }).toBuffer();
  const pairs = 4;
  const time = await seconds(async () => {
    for (let i = 0; i < pairs; i++) {
      const sharpened = await sharp(crop).sharpen({ sigma: 8 }).png({ compressionLevel: 0 }).toBuffer();
      const blurred = await sharp(sharpened).convolve(kernel).png({ compressionLevel: 0 }).toBuffer();
      const small = await jpeg(
        await sharp(blurred).resize(260, 260, { kernel: 'cubic' }).png({ compressionLevel: 0 }).toBuffer(),
      );
      const again = await sharp(small).convolve(kernel).png({ compressionLevel: 0 }).toBuffer();
      await sharp(await jpeg(again))
        .resize(100, 100, { kernel: 'cubic' })
        .raw()
        .toBuffer();
    }
  });
  return (time * 1000) / pairs;
}

export const degrade: Bench = {
  name: 'degrade',
  async run(log): Promise<BenchResult> {
    const folder = await photographs();
    const rates = new Map<string, number>();
    for (const preset of PRESETS) {
      rates.set(preset, await pairsPerSecond(folder, preset));
      log(`${preset}: ${round(rates.get(preset) as number, 1)} pairs/s`);
    }
    const { operators, total } = await profile(folder);
    const sharpMs = await withSharp(folder);
    const rate = rates.get('realesrgan') as number;
    const parts = [...operators].sort(([, a], [, b]) => b - a);
    return {
      name: 'degrade',
      what: '400-px crops of photographs of 2K to 256/64 pairs on two worker threads, reading and multiscale included; the parts of a realesrgan pair on one thread; the same chain, without noise, in operations of sharp',
      columns: ['what', 'value', 'unit'],
      rows: [
        ...PRESETS.map((preset) => [`preset ${preset}`, round(rates.get(preset) as number, 1), 'pairs/s']),
        ['a realesrgan pair, one thread', round(total, 1), 'ms'],
        ...parts.map(([name, ms]) => [`- ${name}`, round(ms, 2), 'ms']),
        ['the chain in sharp, one pair', round(sharpMs, 1), 'ms'],
        ['BasicSR on PyTorch CPU (measured elsewhere, 2 cores)', 2.3, 'pairs/s'],
      ],
      ratio: round(rate, 1),
      goal: `at least ${GOAL} pairs/s of realesrgan on two quiet cores (150 wanted)`,
      ok: rate >= GOAL,
      figures: {
        realesrgan: round(rate, 1),
        pair_ms: round(total, 2),
        sharp_ms: round(sharpMs, 1),
        ratio_to_sharp: round(sharpMs / total, 1),
      },
    };
  },
};
