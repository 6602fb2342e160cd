import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { runPipeline } from '../src/pipeline/index.js';
import { type Bench, type BenchResult, round, seconds } from './bench.js';
import { profile } from './degrade-profile.js';
import { photographs } from './inputs.js';
import { pipelineFrom } from './pipelines.js';

const GOAL = 100;
const PRESETS = ['realesrgan', 'bsrgan', 'bicubic'] as const;

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
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    const time = await seconds(async () => {
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
    });
    best = Math.min(best, 1000 * time);
  }
  return best;
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
    const { operators, total, arithmetic, limit } = await profile(folder);
    const sharpMs = await withSharp(folder);
    const rate = rates.get('realesrgan') as number;
    const parts = [...operators].sort(([, a], [, b]) => b - a);
    return {
      name: 'degrade',
      what: '400-px crops of photographs of 2K to 256/64 pairs on two worker threads, reading and multiscale included; the parts of a realesrgan pair on one thread; the same chain, without noise, in operations of sharp',
      columns: ['what', 'value', 'unit'],
      rows: [
        ...PRESETS.map((preset) => [`preset ${preset}`, round(rates.get(preset) as number, 1), 'pairs/s']),
        ['a realesrgan pair, one thread', round(total * 1000, 0), 'us'],
        ...parts.map(([name, ms]) => [`- ${name}`, round(ms * 1000, 0), 'us']),
        ['share of it within the kernels', round(100 * arithmetic, 0), '%'],
        ['the weights of its kernels at the rate of a plain 21x21 sum', round(limit * 1000, 0), 'us'],
        ['a pair in proportion to that limit', round(total / limit), ''],
        ['the chain in sharp, one pair', round(sharpMs * 1000, 0), 'us'],
        ['the chain in sharp in proportion to ours', round(sharpMs / total, 1), ''],
        ['BasicSR on PyTorch CPU (measured elsewhere, 2 cores)', 2.3, 'pairs/s'],
      ],
      ratio: round(rate, 1),
      goal: `at least ${GOAL} pairs/s of realesrgan on two quiet cores (150 wanted)`,
      ok: rate >= GOAL,
      figures: {
        realesrgan: round(rate, 1),
        pair_ms: round(total, 2),
        sharp_ms: round(sharpMs, 1),
        arithmetic_share: round(arithmetic),
        limit_ms: round(limit, 2),
        ratio_to_limit: round(total / limit),
        ratio_to_sharp: round(sharpMs / total, 1),
      },
    };
  },
};
