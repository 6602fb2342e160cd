import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type BenchResult, median, round, seconds } from './bench.js';
import { photographs } from './inputs.js';

const GOAL = 1.8;
const ROUNDS = 3;

const bin = fileURLToPath(new URL('../src/cli/bin.js', import.meta.url));

/** Work for the processor: the whole degradation of Real-ESRGAN, one thread for it, and little to write. */
const text = (images: string): string => `
name: shards
memory: 256MiB
workers: 1
source: { images: ${JSON.stringify(images)}, threads: 1 }
stages:
  - crop: { size: 400, step: 200 }
  - degrade: { preset: realesrgan }
  - batch: { gt_size: 256 }
sink:
  write: { webdataset: "out/{0000..}.tar", max_samples: 100, epochs: 2, encode: raw }
`;

async function esrgan(cwd: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`esrgan ${args.join(' ')} ended with ${code}`);
}

/** Seconds in which so many processes, each with a shard of its own, do the whole plan; from their start to the last one's end. */
async function timed(work: string, images: string, processes: number) {
  const cwd = path.join(work, String(processes));
  mkdirSync(cwd);
  writeFileSync(path.join(cwd, 'p.yml'), text(images));
  await esrgan(cwd, 'plan', 'p.yml', '--shards', String(processes), '--out', 'plan.json');
  const each = Array.from({ length: processes }, (_, shard) => [
    'work',
    'plan.json',
    '--shard',
    String(shard),
  ]);
  const took = await seconds(() => Promise.all(each.map((args) => esrgan(cwd, ...args))));
  await esrgan(cwd, 'merge', 'plan.json');
  const tars = readdirSync(path.join(cwd, 'out')).filter((name) => name.endsWith('.tar'));
  const { shardlist } = JSON.parse(readFileSync(path.join(cwd, 'out', 'index.json'), 'utf8')) as {
    shardlist: { nsamples: number; sha256: string }[];
  };
  const pairs = shardlist.reduce((sum, { nsamples }) => sum + nsamples, 0);
  return { took, pairs, tars: tars.length, hashes: shardlist.map(({ sha256 }) => sha256).join() };
}

export const shards: Bench = {
  name: 'shards',
  async run(log): Promise<BenchResult> {
    const images = await photographs();
    const [alone, two]: number[][] = [[], []];
    let [pairs, tars, same] = [0, 0, true];
    for (let i = 0; i < ROUNDS; i++) {
      const work = mkdtempSync(path.join(path.dirname(images), 'shards-'));
      try {
        const one = await timed(work, images, 1);
        const both = await timed(work, images, 2);
        alone.push(one.took);
        two.push(both.took);
        [pairs, tars] = [one.pairs, one.tars];
        same &&= one.hashes === both.hashes;
        log(`round ${i + 1}: one process ${round(one.took)} s, two ${round(both.took)} s`);
      } finally {
        rmSync(work, { recursive: true });
      }
    }
    const ratio = median(alone.map((took, i) => took / two[i]));
    const row = (what: string, took: number): (string | number)[] => [
      what,
      round(took),
      round(pairs / took, 1),
    ];
    return {
      name: 'shards',
      what: `${pairs} pairs of 256/64 with the degradations of Real-ESRGAN into ${tars} tars, by processes with one thread for the work each; the same bytes: ${same ? 'yes' : 'NO'}`,
      columns: ['work', 'seconds (median)', 'pairs a second'],
      rows: [row('one process', median(alone)), row('two processes, a shard each', median(two))],
      ratio: round(ratio),
      goal: `two processes at least ${GOAL} times as fast as one, with the same bytes`,
      ok: ratio >= GOAL && same,
      figures: {
        one_s: round(median(alone)),
        two_s: round(median(two)),
        pairs,
        one_pairs_per_s: round(pairs / median(alone), 1),
        two_pairs_per_s: round(pairs / median(two), 1),
      },
    };
  },
};
