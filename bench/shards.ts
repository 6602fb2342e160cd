import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type BenchResult, median, round } from './bench.js';
import { photographs } from './inputs.js';

const GOAL = 1.8;
const ROUNDS = 3;
/** Of a tar. */
const PAIRS = 10;

const bin = fileURLToPath(new URL('../src/cli/bin.js', import.meta.url));

/**
 * Every process on one core of its own, as batch schedulers give it: alone, it must not spread its reading and writing over
 * the core that its neighbour will have.
 */
const text = (images: string): string => `
name: shards
memory: 256MiB
workers: 1
source: { images: ${JSON.stringify(images)}, threads: 1 }
stages:
  - crop: { size: 400, step: 400 }
  - degrade: { preset: realesrgan }
  - batch: { gt_size: 256 }
sink:
  write: { webdataset: "out/{0000..}.tar", max_samples: ${PAIRS}, encode: raw }
`;

async function esrgan(core: number, cwd: string, ...args: string[]): Promise<void> {
  const command = ['-c', String(core), process.execPath, bin, ...args];
  const child = spawn('taskset', command, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`esrgan ${args.join(' ')} ended with ${code}`);
}

interface Plan {
  readonly shards: readonly { readonly from: number; readonly to: number }[];
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Pairs a second of so many processes that do a shard each, while all of them are at work: from the first tar of the one that
 * began last to the last tar of the one that ended first.
 */
async function timed(work: string, images: string, processes: number) {
  const cwd = path.join(work, String(processes));
  mkdirSync(cwd);
  writeFileSync(path.join(cwd, 'p.yml'), text(images));
  await esrgan(0, cwd, 'plan', 'p.yml', '--shards', String(processes), '--out', 'plan.json');
  const { shards } = readJson(path.join(cwd, 'plan.json')) as Plan;
  await Promise.all(
    shards.map((_, shard) => esrgan(shard, cwd, 'work', 'plan.json', '--shard', String(shard))),
  );
  const times = shards.map(({ from, to }) =>
    Array.from({ length: to - from }, (_, i) => finishedAt(cwd, from + i)),
  );
  const begun = Math.max(...times.map((list) => Math.min(...list)));
  const ended = Math.min(...times.map((list) => Math.max(...list)));
  const tars = times.flat().filter((at) => at > begun && at <= ended).length;
  await esrgan(0, cwd, 'merge', 'plan.json');
  const { shardlist } = readJson(path.join(cwd, 'out', 'index.json')) as {
    shardlist: { nsamples: number; sha256: string }[];
  };
  return {
    rate: (tars * PAIRS) / ((ended - begun) / 1000),
    pairs: shardlist.reduce((sum, { nsamples }) => sum + nsamples, 0),
    hashes: shardlist.map(({ sha256 }) => sha256).join(),
  };
}

const finishedAt = (cwd: string, unit: number): number =>
  statSync(path.join(cwd, 'out', '.esrgan-stream', `${String(unit).padStart(6, '0')}.json`)).mtimeMs;

export const shards: Bench = {
  name: 'shards',
  async run(log): Promise<BenchResult> {
    const images = await photographs();
    const [alone, two]: number[][] = [[], []];
    let [pairs, same] = [0, true];
    for (let i = 0; i < ROUNDS; i++) {
      const work = mkdtempSync(path.join(path.dirname(images), 'shards-'));
      try {
        const one = await timed(work, images, 1);
        const both = await timed(work, images, 2);
        alone.push(one.rate);
        two.push(both.rate);
        pairs = one.pairs;
        same &&= one.hashes === both.hashes;
        log(`round ${i + 1}: one process ${round(one.rate, 1)}, two ${round(both.rate, 1)} pairs/s`);
      } finally {
        rmSync(work, { recursive: true });
      }
    }
    const ratio = median(two.map((rate, i) => rate / alone[i]));
    return {
      name: 'shards',
      what: `${pairs} pairs of 256/64 of preset realesrgan into tars, by processes with one core each (taskset), from their first tar to their last; the same bytes: ${same ? 'yes' : 'NO'}`,
      columns: ['work', 'pairs a second (median)'],
      rows: [
        ['one process', round(median(alone), 1)],
        ['two processes, a shard each', round(median(two), 1)],
      ],
      ratio: round(ratio),
      goal: `two processes at least ${GOAL} times as fast as one, with the same bytes`,
      ok: ratio >= GOAL && same,
      figures: { one: round(median(alone), 1), two: round(median(two), 1), pairs },
    };
  },
};
