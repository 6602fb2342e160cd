import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import sharp from 'sharp';
import { packageRoot } from '../src/config/package-root.js';
import { tuneSharp } from '../src/images/tune.js';
import { runPipeline } from '../src/pipeline/index.js';
import { type Bench, type BenchResult, median, round, seconds } from './bench.js';
import { links } from './inputs.js';
import { crops, pipelineFrom } from './pipelines.js';

const ROUNDS = 3;

/** The 26 photographs eight times: a run long enough that start-up does not decide. */
const COUNT = 208;
const GOAL = 1.5;

/** Decoding every photograph once with sharp, on as many threads as the stream uses. */
export async function decodeOnly(folder: string): Promise<number> {
  const limit = pLimit(os.availableParallelism());
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  // Nothing is kept of the pixels: fresh memory for every photograph would cost more than decoding.
  const decodeOne = async (file: string): Promise<void> => {
    await sharp(file).removeAlpha().raw().toBuffer();
  };
  return seconds(() => Promise.all(files.map((file) => limit(() => decodeOne(file)))));
}

/** Milliseconds from the start of a run of the sample to its first batch. */
async function firstBatch(): Promise<number> {
  const pipeline = await pipelineFrom(`
name: first-batch
source: { images: ${JSON.stringify(path.join(packageRoot, 'datasets/sample/*.{png,jpg}'))} }
stages: [{ multiscale: }, { crop: }, { shuffle: }, { degrade: { preset: bicubic } }, { batch: { size: 12 } }]
sink: { discard: }
`);
  const stop = new AbortController();
  const run = runPipeline(pipeline, { signal: stop.signal });
  const start = performance.now();
  const first = await new Promise<number>((resolve) => {
    run.events.subscribe((event) => event.type === 'first' && resolve(performance.now() - start));
  });
  stop.abort();
  await run.done;
  return first;
}

export const stream: Bench = {
  name: 'stream',
  async run(log): Promise<BenchResult> {
    const folder = await links(COUNT);
    const pipeline = await pipelineFrom(crops(folder, '{ discard: }'));
    tuneSharp(os.availableParallelism());
    const decoding: number[] = [];
    const streaming: number[] = [];
    let count = 0;
    await decodeOnly(folder);
    for (let i = 0; i < ROUNDS; i++) {
      decoding.push(await decodeOnly(folder));
      streaming.push(await seconds(async () => (count = (await runPipeline(pipeline).done).crops)));
      log(`round ${i + 1}: decode ${round(decoding[i])} s, stream ${round(streaming[i])} s`);
    }
    const ratio = median(streaming.map((time, i) => time / decoding[i]));
    const first = await firstBatch();
    return {
      name: 'stream',
      what: `${readdirSync(folder).length} photographs of 2K to ${count} crops of 400/200 at five scales, against decoding them once with sharp on the same threads`,
      columns: ['work', 'seconds (median)', 'ratio'],
      rows: [
        ['decode once (sharp)', round(median(decoding)), 1],
        ['stream of crops, start-up included', round(median(streaming)), round(ratio)],
        ['first batch of the sample set', round(first / 1000), ''],
      ],
      ratio: round(ratio),
      goal: `at most ${GOAL} of decoding; first batch within 1 s`,
      ok: ratio <= GOAL && first <= 1000,
      figures: {
        decode_s: round(median(decoding)),
        stream_s: round(median(streaming)),
        crops: count,
        first_batch_ms: Math.round(first),
      },
    };
  },
};
