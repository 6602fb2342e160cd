import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bench, type BenchResult, median, round } from './bench.js';
import { photographs } from './inputs.js';
import { MEASURED } from './serve-pipeline.js';

const ROUNDS = 5;
const GOAL = 0.9;
const READERS = [1, 4, 16];
const SECONDS = 15;

/** A service in a process of its own: its peak of memory is its own too. */
async function withService<T>(folder: string, work: (url: string, pid: number) => Promise<T>): Promise<T> {
  const script = fileURLToPath(new URL('./serve-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(child.stdout, 'data');
    return await work(String(line).trim(), child.pid as number);
  } finally {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }
}

function get(url: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get(url, { agent: false }, resolve).on('error', reject);
  });
}

/** What a script beside this one prints; it runs in a process of its own, as a trainer does. */
async function printed(script: string, argument: string): Promise<number> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [file, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  await gone;
  return Number(line);
}

/** Pairs a second, the same pairs of the same pipeline in both cases. */
const inProcess = (folder: string): Promise<number> => printed('./serve-inside.js', folder);
const served = (folder: string): Promise<number> =>
  withService(folder, (url) => printed('./serve-reader.js', url));

/** Readers of which each is slower than the one before; the last one of several stops reading. */
const memoryWith = (folder: string, readers: number): Promise<{ peakMiB: number; perSecond: number }> =>
  withService(folder, async (url, pid) => {
    const until = performance.now() + SECONDS * 1000;
    const all = await Promise.all(
      Array.from({ length: readers }, (_, i) =>
        get(`${url}/epoch/0?epochs=endless&rank=${i}&world=${readers}`),
      ),
    );
    await Promise.all(
      all.map(async (response, i) => {
        response.on('error', () => {});
        if (i > 0 && i === readers - 1) return;
        for await (const _ of response) {
          if (performance.now() > until) return;
          if (i > 0) await sleep(2 * i);
        }
      }),
    );
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const pairs = Number(/^esrgan_pairs_total (\d+)$/m.exec(metrics)?.[1]);
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    for (const response of all) response.destroy();
    return { peakMiB: Number(peak) / 1024, perSecond: pairs / SECONDS };
  });

export const serve: Bench = {
  name: 'serve',
  async run(log): Promise<BenchResult> {
    const folder = await photographs();
    const [here, there]: number[][] = [[], []];
    for (let i = 0; i < ROUNDS; i++) {
      here.push(await inProcess(folder));
      there.push(await served(folder));
      log(`round ${i + 1}: in-process ${round(here[i], 1)}, served ${round(there[i], 1)} pairs/s`);
    }
    const memory: { peakMiB: number; perSecond: number }[] = [];
    for (const readers of READERS) {
      memory.push(await memoryWith(folder, readers));
      log(`${readers} readers: peak ${Math.round(memory[memory.length - 1].peakMiB)} MiB`);
    }
    const ratio = median(there.map((rate, i) => rate / here[i]));
    const growth = Math.max(...memory.map(({ peakMiB }) => peakMiB)) / memory[0].peakMiB;
    return {
      name: 'serve',
      what: `${MEASURED} pairs of 256/64, after a warm-up, served over HTTP to one reader in another process, against the same pairs of the same pipeline read in-process, in turn; memory of the service with readers of different speed, the last of which stops reading`,
      columns: ['work', 'pairs a second', 'peak RSS, MiB'],
      rows: [
        ['read in-process (median)', round(median(here), 1), ''],
        ['served to one reader (median)', round(median(there), 1), ''],
        ...READERS.map((readers, i) => [
          readers === 1 ? '1 reader, 15 s' : `${readers} readers of different speed, 15 s`,
          round(memory[i].perSecond, 1),
          Math.round(memory[i].peakMiB),
        ]),
      ],
      ratio: round(ratio),
      goal: `at least ${GOAL} of in-process; 16 readers at most 1.10 of the memory of one`,
      ok: ratio >= GOAL && growth <= 1.1,
      figures: {
        in_process: round(median(here), 1),
        served: round(median(there), 1),
        growth: round(growth),
        ...Object.fromEntries(READERS.map((readers, i) => [`mib_${readers}`, Math.round(memory[i].peakMiB)])),
      },
    };
  },
};
