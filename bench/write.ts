import { readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runPipeline } from '../src/pipeline/index.js';
import { type Bench, type BenchResult, median, round, seconds } from './bench.js';
import { photographs } from './inputs.js';
import { crops, pipelineFrom } from './pipelines.js';
import { decodeOnly } from './stream.js';

/** The Python chain took 58 s where decoding alone took 1.3 to 1.7 s: 39 times as long. A quarter of that: */
const GOAL = 9.7;
const ROUNDS = 2;

export const write: Bench = {
  name: 'write',
  async run(log): Promise<BenchResult> {
    const folder = await photographs();
    const out = path.join(os.tmpdir(), `esrgan-bench-sub-${process.pid}`);
    const pipeline = await pipelineFrom(crops(folder, `{ write: { folder: ${JSON.stringify(out)} } }`));
    const decoding: number[] = [];
    const writing: number[] = [];
    let files = 0;
    let bytes = 0;
    for (let i = 0; i < ROUNDS; i++) {
      decoding.push(await decodeOnly(folder));
      writing.push(await seconds(() => runPipeline(pipeline).done));
      const written = readdirSync(out);
      files = written.length - 1;
      bytes = written.reduce((sum, name) => sum + statSync(path.join(out, name)).size, 0);
      rmSync(out, { recursive: true });
      log(`round ${i + 1}: decode ${round(decoding[i])} s, write ${round(writing[i])} s`);
    }
    const ratio = median(writing.map((time, i) => time / decoding[i]));
    return {
      name: 'write',
      what: `the same photographs to a sub-image folder (${files} PNG files at compression 3), against decoding them once`,
      columns: ['work', 'seconds (median)', 'ratio', 'MB on disk'],
      rows: [
        ['decode once (sharp)', round(median(decoding)), 1, ''],
        ['multiscale, crop, encode, write', round(median(writing)), round(ratio), Math.round(bytes / 1e6)],
      ],
      ratio: round(ratio),
      goal: `at most ${GOAL} of decoding, a quarter of what the Python chain takes`,
      ok: ratio <= GOAL,
      figures: {
        decode_s: round(median(decoding)),
        write_s: round(median(writing)),
        files,
        megabytes: Math.round(bytes / 1e6),
      },
    };
  },
};
