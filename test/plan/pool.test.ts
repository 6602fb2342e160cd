import { readFileSync } from 'node:fs';
import t from 'tap';
import { planEpochs, type RunOrder } from '../../src/plan/epochs.js';
import { PairPool, poolHorizon, poolPermutation } from '../../src/plan/pool.js';
import { type Step, visitBytes } from '../../src/plan/steps.js';
import type { Sample, Visit } from '../../src/plan/types.js';
import { foundOrder, shuffledOrder } from '../../src/stages/shuffle/shuffle.js';
import fc from '../properties.js';
import { fixture } from '../root.js';

interface Recorded {
  readonly queue_size: number;
  readonly batch: number;
  readonly steps: readonly {
    readonly batch_in: readonly number[];
    readonly permutation: readonly number[] | null;
    readonly batch_out: readonly number[];
    readonly pool_after: readonly number[];
  }[];
}

t.test('the pool hands on what the original hands on, for its recorded permutations', async (t) => {
  const recorded: Recorded = JSON.parse(readFileSync(fixture('degradations', 'pool.json'), 'utf8'));
  const pool = new PairPool<number>(recorded.queue_size);
  for (const { batch_in, permutation, batch_out, pool_after } of recorded.steps) {
    const out = pool.exchange(batch_in, () => permutation ?? []);
    t.same(out, batch_out);
    t.same(pool.items, pool_after.slice(0, pool.items.length));
  }
  t.ok(pool.full);
});

const size = { width: 40, height: 40 };

function visitsOf(counts: readonly number[]): Visit[] {
  return counts.map((count, i) => {
    const scale = { tag: 'HR', ...size };
    const source = {
      id: `${i}.png`,
      path: `/${i}.png`,
      ...size,
      format: 'png',
      channels: 3 as const,
      notes: [],
    };
    const windows = Array.from({ length: count }, (_, k) => ({
      scale,
      x: k % 32,
      y: 0,
      width: 8,
      height: 8,
      index: k + 1,
    }));
    return { source, scales: [scale], count, windows };
  });
}

const bytes = visitBytes(visitsOf([1])[0]);

/** Checks that every sample lies in an opening of its own source which announced just so many; the peak of open bytes. */
function walk(steps: Iterable<Step>, most = Number.POSITIVE_INFINITY): { samples: Sample[]; peak: number } {
  const left = new Map<symbol, { source: string; count: number }>();
  const samples: Sample[] = [];
  let peak = 0;
  for (const step of steps) {
    if (step.kind === 'open') {
      if (step.samples < 1) throw new Error('opened for nothing');
      left.set(step.key, { source: step.visit.source.id, count: step.samples });
      peak = Math.max(peak, left.size * bytes);
      continue;
    }
    const open = left.get(step.key);
    if (open?.source !== step.sample.source.id) throw new Error('taken from a source that is not open');
    if (--open.count === 0) left.delete(step.key);
    samples.push(step.sample);
    if (samples.length === most) return { samples, peak };
  }
  if (left.size > 0) throw new Error('a source stays open');
  return { samples, peak };
}

const told = ({ id, epoch, position, drawnAt, seed }: Sample): string =>
  JSON.stringify([id, epoch, position, drawnAt, seed]);

t.test('a pooled plan is a plan: the same samples, mixed as the pool mixes, within the memory', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
      fc.record({
        batch: fc.integer({ min: 1, max: 5 }),
        batches: fc.integer({ min: 1, max: 8 }),
        epochs: fc.integer({ min: 1, max: 3 }),
        open: fc.integer({ min: 1, max: 14 }),
        shuffled: fc.boolean(),
        seed: fc.integer({ min: 0, max: 99 }),
      }),
      (counts, { batch, batches, epochs, open, shuffled, seed }) => {
        const all = visitsOf(counts);
        const order = shuffled ? shuffledOrder(seed, open * bytes) : foundOrder;
        const pool = { size: batch * batches, batch, seed, memory: open * bytes };
        const run: RunOrder = { seed, epochs, start: 0 };
        const plain = walk(planEpochs(all, run, order)).samples;
        const { samples, peak } = walk(planEpochs(all, { ...run, pool }, order));

        const expected: number[] = [];
        const mirror = new PairPool<number>(pool.size);
        for (let at = 0; at < plain.length; at += batch) {
          const fresh = plain.slice(at, at + batch).map(({ position }) => position);
          expected.push(...mirror.exchange(fresh, () => poolPermutation(pool, at / batch)));
        }
        return (
          peak <= pool.memory &&
          samples.length === plain.length &&
          samples.every(
            (sample, i) =>
              sample.position === i &&
              sample.drawnAt === expected[i] &&
              sample.id === plain[expected[i]].id &&
              sample.seed === plain[expected[i]].seed,
          )
        );
      },
    ),
    { numRuns: 300 },
  );
});

t.test('a run resumes with the pool that it had, without going through its beginning', async (t) => {
  const all = visitsOf([40, 60, 55, 30, 10]);
  const pool = { size: 12, batch: 4, seed: 5, memory: 4 * bytes };
  const order = shuffledOrder(5, 3 * bytes);
  const whole = walk(planEpochs(all, { seed: 5, start: 0, pool }, order), 6000).samples;
  for (const batch of [0, 1, 2, 3, 4, 10, 77, 300, 1200]) {
    const start = batch * pool.batch;
    const rest = walk(planEpochs(all, { seed: 5, start, pool }, order), 300).samples;
    t.same(rest.map(told), whole.slice(start, start + 300).map(told), `from batch ${batch}`);
  }
  const real = { size: 180, batch: 12, seed: 0, memory: 0 };
  const from = poolHorizon(real, 50_000);
  t.ok(from > 49_000 && from < 50_000, `from batch ${from}`);
});

t.test('sources are seldom opened more than once for the pool', async (t) => {
  const all = visitsOf(Array.from({ length: 60 }, () => 119));
  const opens = (steps: Iterable<Step>) => [...steps].filter(({ kind }) => kind === 'open').length;
  const order = shuffledOrder(1, 20 * 0.8 * bytes);
  const pool = { size: 180, batch: 12, seed: 1, memory: 20 * 0.9 * bytes };
  const plain = opens(planEpochs(all, { seed: 1, epochs: 2, start: 0 }, order));
  const mixed = opens(planEpochs(all, { seed: 1, epochs: 2, start: 0, pool }, order));
  t.ok(mixed < 2 * plain, `${mixed} openings with the pool, ${plain} without`);
});
