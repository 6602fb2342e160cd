import { bytesToFloat, floatToBytes } from '../src/degradations/convert.js';
import type { FloatImage } from '../src/degradations/define.js';
import { filter2d, filterSeparable } from '../src/degradations/filter2d.js';
import { createImagePool } from '../src/degradations/image-pool.js';
import { fillNormal } from '../src/degradations/normal.js';
import { resample } from '../src/degradations/resample.js';
import { createRng } from '../src/random/rng.js';
import { allFinite, clampUnit, combineClamped, mix, withoutKernels } from '../src/simd/float/index.js';
import { type Bench, type BenchResult, round } from './bench.js';
import { plainRate } from './degrade-profile.js';

const GOAL = 30;
const SIZES = [256, 400] as const;
const KERNEL = 21;
const ROUNDS = 40;
/** Plain JavaScript is slow and steady. */
const PLAIN_ROUNDS = 3;

/** The best of several rounds in microseconds: other load on the machine only makes it slower. */
function microseconds(work: () => unknown, rounds: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best * 1000;
}

/** Work on images of an edge; `image` is filled again where a primitive would drift. */
function primitives(edge: number): Record<string, () => unknown> {
  const pool = createImagePool();
  const image = pool.take(edge, edge);
  const other = pool.take(edge, edge);
  const mask = pool.take(edge, edge);
  const rng = createRng('bench');
  for (let i = 0; i < image.data.length; i++) image.data[i] = rng.uniform();
  other.data.set(image.data);
  mask.data.fill(0.5);
  const bytes = Uint8Array.from({ length: 3 * edge * edge }, () => rng.int(0, 255));
  const weights = new Float32Array(KERNEL * KERNEL).fill(1 / KERNEL ** 2);
  const row = (size: number) => new Float32Array(size).fill(1 / size);
  /** As in a worker: what a step takes, it gives back. */
  const lending = (work: (newImage: (width: number, height: number) => FloatImage) => unknown) => () => {
    const lent: FloatImage[] = [];
    work((width, height) => {
      const taken = pool.take(width, height);
      lent.push(taken);
      return taken;
    });
    lent.forEach(pool.give);
  };
  const half = { width: edge / 2, height: edge / 2 };
  const larger = { width: Math.round(edge * 1.25), height: Math.round(edge * 1.25) };
  const whole = { x: 0, y: 0, width: edge, height: edge };
  const walk = { origin: 0, dx: 3, dy: 3 * edge };
  return {
    'filter2d 21x21': lending((newImage) => filter2d(image, { size: KERNEL, weights }, newImage)),
    'filterSeparable 21': lending((newImage) => filterSeparable(image, row(21), newImage)),
    'filterSeparable 51': lending((newImage) => filterSeparable(image, row(51), newImage)),
    'resample bicubic / 2': lending((newImage) => resample(image, half, 'bicubic', newImage)),
    'resample bicubic x 1.25': lending((newImage) => resample(image, larger, 'bicubic', newImage)),
    bytesToFloat: () => bytesToFloat(bytes, walk, other),
    'bytesToFloat, turned': () => bytesToFloat(bytes, { origin: 0, dx: 3 * edge, dy: 3 }, other),
    floatToBytes: () => floatToBytes(image, whole, bytes),
    fillNormal: () => fillNormal(rng, other.data),
    'combineClamped (add noise)': () => combineClamped(image.data, image.data, 1, other.data, 0.01),
    mix: () => mix(image.data, other.data, mask.data),
    clampUnit: () => clampUnit(image.data),
    allFinite: () => allFinite(image.data),
  };
}

export const degradePrimitives: Bench = {
  name: 'degrade-primitives',
  async run(log): Promise<BenchResult> {
    const rows = new Map<string, number[]>();
    for (const edge of SIZES) {
      for (const [name, work] of Object.entries(primitives(edge))) {
        const fast = microseconds(work, ROUNDS);
        const plain = microseconds(() => withoutKernels(work), PLAIN_ROUNDS);
        rows.set(name, [...(rows.get(name) ?? []), fast, plain]);
        log(`${edge} ${name}: ${fast.toFixed(0)} us, plain ${plain.toFixed(0)} us`);
      }
    }
    const fast = 2 * plainRate();
    return {
      name: 'degrade-primitives',
      what: `primitives of degradations on RGB images, in microseconds on one core (best of ${ROUNDS}); a 21x21 kernel summed weight by weight makes ${fast.toFixed(1)} GFLOP/s; larger symmetric ones go through Fourier transforms`,
      columns: ['primitive', ...SIZES.flatMap((edge) => [`${edge}x${edge}`, `${edge}x${edge} plain`])],
      rows: [...rows].map(([name, times]) => [name, ...times.map((us) => round(us, 0))]),
      ratio: round(fast, 1),
      goal: `the plain 21x21 sum at least ${GOAL} GFLOP/s`,
      ok: fast >= GOAL,
      figures: Object.fromEntries(
        [...rows].map(([name, [us]]) => [`${name.replace(/\W+/g, '_')}_us`, round(us, 0)]),
      ),
    };
  },
};
