import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { Pixels } from '../src/images/pixels.js';
import { probe } from '../src/images/probe.js';
import { readPixels } from '../src/images/read.js';
import { resample as resize } from '../src/images/resample/resample.js';
import { createResampler, type Mode, resampleScalar, scratchBytes } from '../src/simd/index.js';
import { scaleSizes } from '../src/stages/multiscale/sizes.js';
import { type Bench, type BenchResult, median, round } from './bench.js';
import { photographs } from './inputs.js';

const ROUNDS = 15;
/** Plain JavaScript is slow and steady. */
const PLAIN_ROUNDS = 3;
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

/** A source and its copies as they lie in the arena; makes one of them, or all at once. */
function arena(image: Pixels, sizes: readonly { width: number; height: number }[]) {
  let end = image.data.length;
  const places = sizes.map(({ width, height }) => {
    const offset = end;
    end += width * height * 3;
    return { width, height, offset };
  });
  const source = { ...image, channels: 3, offset: 0 } as const;
  const bytes = scratchBytes(source, sizes, 'pillow');
  const pages = Math.ceil((end + bytes) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  new Uint8Array(memory.buffer).set(image.data);
  const resampler = createResampler(memory);
  return (mode: Mode, index?: number): void =>
    resampler.resample(source, index === undefined ? places : places[index], { offset: end, bytes }, mode);
}

export const resample: Bench = {
  name: 'resample',
  async run(log): Promise<BenchResult> {
    const image = await photograph();
    const options = { scales: [0.75, 0.5, 1 / 3], shortest_edge: 400, hr: false, upscale: false };
    const { scales } = scaleSizes(image.width, image.height, options);
    const inPlace = arena(image, scales);
    const one: Record<Method, (index: number) => unknown> = {
      libvips: (i) => resize(image, scales[i].width, scales[i].height, 'vips'),
      lanczos: (i) => inPlace('fast', i),
      pillow: (i) => inPlace('pillow', i),
      plain: (i) => resampleScalar(image, scales[i].width, scales[i].height, 'pillow'),
    };
    const each = async (make: (index: number) => unknown): Promise<void> => {
      for (const index of scales.keys()) await make(index);
    };
    const all: Record<Method, () => unknown> = {
      libvips: () => each(one.libvips),
      lanczos: () => inPlace('fast'),
      pillow: () => inPlace('pillow'),
      plain: () => each(one.plain),
    };
    const names = Object.keys(one) as Method[];
    const times = new Map(names.map((name) => [name, [...scales, 'all'].map((): number[] => [])]));
    const threads = sharp.concurrency();
    sharp.concurrency(1);
    for (let r = 0; r < ROUNDS; r++)
      for (const name of names) {
        if (name === 'plain' && r >= PLAIN_ROUNDS) continue;
        const works = [...scales.keys()].map((i) => () => one[name](i));
        for (const [i, work] of [...works, all[name]].entries()) times.get(name)?.[i].push(await cpu(work));
      }
    sharp.concurrency(threads);

    const medians = (name: Method): number[] => (times.get(name) ?? []).map((list) => round(median(list), 1));
    const total = (name: Method): number => medians(name)[scales.length];
    for (const name of names) log(`${name}: ${total(name)} ms`);
    const ratio = total('libvips') / total('lanczos');
    return {
      name: 'resample',
      what: `the smaller copies of one photograph of ${image.width}x${image.height}, in milliseconds of CPU (medians of ${ROUNDS})`,
      columns: ['method', ...scales.map(({ width, height }) => `${width}x${height}`), 'all'],
      rows: names.map((name) => [name, ...medians(name)]),
      ratio: round(ratio),
      goal: `\`lanczos\` at least ${GOAL} times as fast as libvips, \`pillow\` no slower`,
      ok: ratio >= GOAL && total('pillow') <= total('libvips'),
      figures: Object.fromEntries(names.map((name) => [`${name}_ms`, total(name)])),
    };
  },
};
