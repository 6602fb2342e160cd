import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, type BenchResult, round } from './bench.js';
import { hugePhotograph, links } from './inputs.js';

const OVERHEAD = 350;

interface Case {
  readonly title: string;
  readonly images: readonly string[];
  readonly sleepMs: number;
  /** Stop for 20 s after the first batch. */
  readonly stall?: boolean;
}

interface Measured {
  readonly peakMiB: number;
  readonly budgetMiB: number;
  readonly pairs: number;
  readonly seconds: number;
}

/** Runs one case in a process of its own: the peak of a process cannot be reset. */
function measure(images: readonly string[], sleepMs: number, stall: boolean): Promise<Measured> {
  const script = fileURLToPath(new URL('./memory-child.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify({ images, sleepMs, stall })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`memory bench: exit code ${code}`)),
    );
  });
}

export const memory: Bench = {
  name: 'memory',
  async run(log): Promise<BenchResult> {
    const [few, many, huge] = [await links(80), await links(800), await hugePhotograph()];
    const cases: Case[] = [
      { title: '80 photographs', images: [few], sleepMs: 20 },
      { title: '800 photographs', images: [many], sleepMs: 20 },
      { title: '80 photographs and one of 60 megapixels', images: [few, huge], sleepMs: 20 },
      { title: '80 photographs, sink stops for 20 s', images: [few], sleepMs: 20, stall: true },
    ];
    const results: Measured[] = [];
    for (const { title, images, sleepMs, stall } of cases) {
      results.push(await measure(images, sleepMs, stall ?? false));
      log(`${title}: peak ${Math.round(results[results.length - 1].peakMiB)} MiB`);
    }
    const ratio = results[1].peakMiB / results[0].peakMiB;
    const within = results.every((result) => result.peakMiB <= result.budgetMiB + OVERHEAD);
    return {
      name: 'memory',
      what: 'peak memory of the whole process, pairs at five scales into a sink that sleeps',
      columns: ['case', 'peak RSS, MiB', 'budget, MiB', 'pairs', 'seconds'],
      rows: cases.map(({ title }, i) => [
        title,
        Math.round(results[i].peakMiB),
        Math.round(results[i].budgetMiB),
        results[i].pairs,
        round(results[i].seconds, 1),
      ]),
      ratio: round(ratio),
      goal: `10 times the images at most 1.10 of the memory; everything below budget + ${OVERHEAD} MiB`,
      ok: ratio <= 1.1 && within,
      figures: Object.fromEntries(
        results.map((result, i) => [
          `${['few', 'many', 'huge', 'stall'][i]}_mib`,
          Math.round(result.peakMiB),
        ]),
      ),
    };
  },
};
