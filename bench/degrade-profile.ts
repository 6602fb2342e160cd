import type { Applied } from '../src/degradations/apply-operator.js';
import type { FloatImage } from '../src/degradations/define.js';
import { filterPlanes, floatMemory } from '../src/simd/float/index.js';
import type { Kernels } from '../src/simd/float/kernels.js';
import { pairMaker } from './degrade-pairs.js';

const PAIRS = 120;
/** The least of several times counts: other load on the machine only makes them longer. */
const ROUNDS = 4;

export interface Profile {
  /** Milliseconds a pair, by operator. */
  readonly operators: ReadonlyMap<string, number>;
  readonly total: number;
  /** The share of the time within the kernels: arithmetic and what it loads and stores. */
  readonly arithmetic: number;
  /** Milliseconds that the weights of a pair's kernels take, one after the other, at the rate of plain sums. */
  readonly limit: number;
}

/** Where the time of a pair goes, on one thread. */
export async function profile(folder: string): Promise<Profile> {
  const make = await pairMaker(folder, 'realesrgan');
  const operators = new Map<string, number>();
  let weights = 0;
  for (let i = 0; i < PAIRS; i++) {
    const least: { readonly key: string; ms: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let last = performance.now();
      let step = 0;
      const end = (key: string): void => {
        const now = performance.now();
        least[step] ??= { key, ms: Number.POSITIVE_INFINITY };
        least[step].ms = Math.min(least[step].ms, now - last);
        step++;
        last = now;
      };
      await make(i, (applied, image) => {
        end(applied.name);
        weights += weightsOf(applied, image) / PAIRS / ROUNDS;
      });
      end('to bytes');
    }
    for (const { key, ms } of least) operators.set(key, (operators.get(key) ?? 0) + ms / PAIRS);
  }
  const total = [...operators.values()].reduce((a, b) => a + b, 0);
  return { operators, total, arithmetic: await shareOfKernels(make), limit: weights / plainRate() / 1e6 };
}

/** Products that an operator needs, weight by weight: of whole kernels, and of four passes of usm_sharpen. */
function weightsOf({ name, params }: Applied, { data }: FloatImage): number {
  const { size, radius } = params as { readonly size?: number; readonly radius?: number };
  if (name === 'usm_sharpen') return data.length * 4 * ((radius ?? 0) | 1);
  return name === 'blur' || name === 'sinc' ? data.length * (size ?? 0) ** 2 : 0;
}

/** The part of the time that is spent within the kernels. */
async function shareOfKernels(make: Awaited<ReturnType<typeof pairMaker>>): Promise<number> {
  const memory = floatMemory();
  if (!memory) return 0;
  const { kernels } = memory;
  let inside = 0;
  const timed = Object.entries(kernels).map(([name, kernel]) => [
    name,
    (...args: readonly number[]) => {
      const begun = performance.now();
      const result = kernel(...args);
      inside += performance.now() - begun;
      return result;
    },
  ]);
  Object.assign(memory, { kernels: Object.fromEntries(timed) as Kernels });
  const begun = performance.now();
  for (let i = 0; i < PAIRS; i++) await make(i);
  Object.assign(memory, { kernels });
  return inside / (performance.now() - begun);
}

const EDGE = 256;
const KERNEL = 21;

/** Billions of products a second (each with its addition) of a 21x21 kernel summed weight by weight. */
export function plainRate(): number {
  const from = { width: EDGE + KERNEL - 1, height: EDGE + KERNEL - 1 };
  const source = new Float32Array(3 * from.width * from.height).fill(0.5);
  const values = new Float32Array(KERNEL ** 2).fill(1 / KERNEL ** 2);
  const spans = Array.from({ length: KERNEL }, () => ({ first: 0, last: KERNEL - 1 }));
  const weights = { columns: KERNEL, values, spans };
  const out = new Float32Array(3 * EDGE ** 2);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const begun = performance.now();
    filterPlanes({ source, from, weights, out, width: EDGE, height: EDGE, planes: 3 });
    best = Math.min(best, performance.now() - begun);
  }
  return (out.length * KERNEL ** 2) / best / 1e6;
}
