import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { Pixels } from '../src/images/pixels.js';
import { probe } from '../src/images/probe.js';
import { readPixels } from '../src/images/read.js';
import { resample as resize } from '../src/images/resample/resample.js';
import { createResampler, type Mode, resampleScalar } from '../src/simd/index.js';
import { scaleSizes } from '../src/stages/multiscale/sizes.js';
import { type Bench, type BenchResult, median, round } from './bench.js';
import { photographs } from './inputs.js';

const ROUNDS = 15;
/** Plain JavaScript is slow and steady. */
const SCALAR_ROUNDS = 3;
const GOAL = 2;

type Method = 'libvips' | 'lanczos' | 'pillow' | 'plain';

/** Milliseconds of CPU that a piece of work takes on all threads: other load on the machine matters less. */
async function cpu(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function photograph(): Promise<Pixels> {
  const folder = await photographs();
  const file = path.join(folder, readdirSync(folder).sort()[0]);
  const header = await probe(file);
  if (!header.ok) throw new Error(header.reason);
  return readPixels({ id: file, path: file, ...header });
}

/** A source and its copies as they lie in the arena. */
function arena(image: Pixels, sizes: readonly { width: number; height: number }[]) {
  const copies = sizes.reduce((sum, { width, height }) => sum + width * height * 3, 0);
  const pages = Math.ceil((image.data.length + copies) / 65536) + 32;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  new Uint8Array(memory.buffer).set(image.data);
  const resampler = createResampler(memory);
  const places = sizes.map((size, i) => ({
    ...size,
    offset: sizes.slice(0, i).reduce((sum, { width, height }) => sum + width * height * 3, image.data.length),
  }));
  const source = { ...image, channels: 3, offset: 0 } as const;
  const scratch = image.data.length + copies;
  return (index: number, mode: Mode): void => {
    const bytes = resampler.scratchBytes(source, sizes[index], mode);
    resampler.resample(source, places[index], { offset: scratch, bytes }, mode);
  };
}

export const resample: Bench = {
  name: 'resample',
  async run(log): Promise<BenchResult> {
    const image = await photograph();
    const { scales } = scaleSizes(image.width, image.height, {
      scales: [0.75, 0.5, 1 / 3],
      shortest_edge: 400,
      hr: false,
      upscale: false,
    });
    const inPlace = arena(image, scales);
    const threads = sharp.concurrency();
    sharp.concurrency(1);
    const methods: Record<Method, (index: number) => unknown> = {
      libvips: (i) => resize(image, scales[i].width, scales[i].height, 'vips'),
      lanczos: (i) => inPlace(i, 'fast'),
      pillow: (i) => inPlace(i, 'pillow'),
      plain: (i) => resampleScalar(image, scales[i].width, scales[i].height, 'pillow'),
    };
    const names = Object.keys(methods) as Method[];
    const times = new Map(names.map((name) => [name, scales.map((): number[] => [])]));
    for (let r = 0; r < ROUNDS; r++)
      for (const index of scales.keys())
        for (const name of names)
          if (name !== 'plain' || r < SCALAR_ROUNDS)
            times.get(name)?.[index].push(await cpu(() => methods[name](index)));
    sharp.concurrency(threads);

    const medians = new Map(names.map((name) => [name, (times.get(name) ?? []).map(median)]));
    const total = (name: Method): number => (medians.get(name) ?? []).reduce((a, b) => a + b, 0);
    for (const name of names) log(`${name}: ${round(total(name), 1)} ms`);
    const ratio = total('libvips') / total('lanczos');
    return {
      name: 'resample',
      what: `the smaller copies of one photograph of ${image.width}x${image.height}, in milliseconds of CPU (medians of ${ROUNDS})`,
      columns: ['method', ...scales.map(({ width, height }) => `${width}x${height}`), 'together'],
      rows: names.map((name) => [
        name,
        ...(medians.get(name) ?? []).map((ms) => round(ms, 1)),
        round(total(name), 1),
      ]),
      ratio: round(ratio),
      goal: `\`lanczos\` at least ${GOAL} times as fast as libvips, \`pillow\` no slower`,
      ok: ratio >= GOAL && total('pillow') <= total('libvips'),
      figures: Object.fromEntries(names.map((name) => [`${name}_ms`, round(total(name), 1)])),
    };
  },
};
