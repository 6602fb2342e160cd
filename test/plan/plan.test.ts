import t from 'tap';
import { planEpochs, sampleMaker } from '../../src/plan/epochs.js';
import { mixture } from '../../src/plan/mixture.js';
import { shuffled } from '../../src/plan/shuffle.js';
import { inOrder, type SampleStep, type Step, skip, visitBytes } from '../../src/plan/steps.js';
import type { Visit } from '../../src/plan/types.js';
import { windows } from '../../src/stages/crop/windows.js';
import { foundOrder, shuffledOrder } from '../../src/stages/shuffle/shuffle.js';
import fc from '../properties.js';

function visit(name: string, width: number, height: number): Visit {
  const scales = [{ tag: 'HR', width, height }];
  const all = windows(scales[0], { size: 100, step: 50, threshold: 0 });
  const source = {
    id: name,
    path: `/${name}`,
    width,
    height,
    format: 'png',
    channels: 3 as const,
    notes: [],
  };
  return { source, scales, count: all.length, windows: all };
}

const some = (count: number, width = 400, height = 300): Visit[] =>
  Array.from({ length: count }, (_, i) => visit(`${String(i).padStart(4, '0')}.png`, width, height));

const samples = (steps: Iterable<Step>) =>
  [...steps].filter((step): step is SampleStep => step.kind === 'sample').map((step) => step.sample);
const ids = (steps: Iterable<Step>) => samples(steps).map((sample) => sample.id);
const make = sampleMaker(0, 0);

/** Most bytes open at once, checking on the way that samples only come from open sources and counts are kept. */
function mostOpen(
  t: { fail(message: string): unknown; equal(a: unknown, b: unknown, message: string): unknown },
  steps: Iterable<Step>,
): number {
  const open = new Map<symbol, { left: number; bytes: number; path: string }>();
  let held = 0;
  let most = 0;
  for (const step of steps) {
    if (step.kind === 'open') {
      const bytes = visitBytes(step.visit);
      open.set(step.key, { left: step.samples, bytes, path: step.visit.source.path });
      held += bytes;
      most = Math.max(most, held);
      continue;
    }
    const entry = open.get(step.key);
    if (entry?.path !== step.sample.source.path) t.fail('a sample from a source that is not open');
    else if (--entry.left === 0) {
      open.delete(step.key);
      held -= entry.bytes;
    }
  }
  t.equal(open.size, 0, 'every source is closed at the end');
  return most;
}

t.test('ids, seeds and positions', async (t) => {
  const [first] = samples(inOrder([visit('a.png', 200, 100)], make));
  t.equal(first.id, 'a.png@HR:100x100+0+0');
  t.match(first.seed, /^[0-9a-f]{16}$/);
  t.equal(first.position, 0);
  const other = samples(inOrder([visit('b.png', 100, 100), visit('a.png', 200, 100)], make));
  t.equal(other[1].seed, first.seed, 'the seed follows from the sample, not from its place');
  t.not(samples(inOrder([visit('a.png', 200, 100)], sampleMaker(0, 1)))[0].seed, first.seed, 'another epoch');
  t.not(samples(inOrder([visit('a.png', 200, 100)], sampleMaker(1, 0)))[0].seed, first.seed, 'another run');
});

t.test('a shuffle is a permutation within its memory', async (t) => {
  const visits = some(40);
  const memory = 8 * visitBytes(visits[0]);
  const steps = [...shuffled(visits, 'seed', memory, make)];
  t.same(ids(steps).sort(), ids(inOrder(visits, make)).sort());
  t.not(ids(steps).join(), ids(inOrder(visits, make)).join());
  t.ok(mostOpen(t, steps) <= memory);
  t.same(
    samples(steps).map((sample) => sample.position),
    samples(steps).map((_, i) => i),
    'positions count up',
  );
  t.same(ids(shuffled(visits, 'seed', memory, make)), ids(steps), 'the same again');
  t.not(ids(shuffled(visits, 'other', memory, make)).join(), ids(steps).join());
  const opens = steps.filter((step) => step.kind === 'open').length;
  t.equal(opens, 40 + 7, 'one more decode of the sources that fill the memory at first, less one');
});

t.test('an image larger than the memory is opened alone', async (t) => {
  const visits = [
    ...some(5),
    visit('huge.png', 2000, 2000),
    ...some(3, 300, 300).map((v) => ({
      ...v,
      source: { ...v.source, id: `s${v.source.id}`, path: `/s${v.source.id}` },
    })),
  ];
  const memory = 2 * visitBytes(visits[0]);
  const open = new Map<symbol, number>();
  for (const step of shuffled(visits, 'x', memory, make)) {
    if (step.kind === 'open') {
      if (step.visit.source.id === 'huge.png') t.equal(open.size, 0, 'nothing else is open');
      open.set(step.key, step.samples);
    } else {
      const left = (open.get(step.key) as number) - 1;
      if (left === 0) open.delete(step.key);
      else open.set(step.key, left);
    }
  }
});

t.test('the mixture', async (t) => {
  const visits = some(60);
  const counts = visits.map((v) => v.count);
  const size = visitBytes(visits[0]);
  const all = mixture(shuffled(visits, 's', 100 * size, make), 12, counts);
  t.ok(
    Math.abs(all.sameSource - all.perfect) < 0.004,
    `perfect when everything fits: ${all.sameSource} against ${all.perfect}`,
  );
  const part = mixture(shuffled(visits, 's', 12 * size, make), 12, counts);
  t.ok(part.sameSource < 1.25 / 12, `about one in the number of open sources: ${part.sameSource}`);
  t.equal(
    mixture(inOrder(visits, make), 12, counts).sameSource > 0.7,
    true,
    'no shuffle: mostly the same source',
  );
  const steps = [...shuffled(visits, 's', 12 * size, make)];
  const half = steps.length / 2;
  const early = mixture(steps.slice(0, half), 12, counts).sameSource;
  const late = mixture(steps.slice(half), 12, counts).sameSource;
  t.ok(late < 1.3 * early, `does not decay towards the end: ${early}, then ${late}`);
});

t.test('skip: from any position on, the rest is the same and what is finished is not opened', async (t) => {
  const orders = { shuffled: shuffledOrder(3, 6 * visitBytes(some(1)[0])), found: foundOrder };
  for (const [name, order] of Object.entries(orders)) {
    const visits = some(9, 250, 200);
    const epoch = () => order(visits, 0, make, 0);
    const all = ids(epoch());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: all.length }), (count) => {
        const rest = [...skip(epoch(), count)];
        t.same(ids(rest), all.slice(count));
        const opened = rest.filter((step) => step.kind === 'open');
        t.equal(
          opened.reduce((sum, step) => sum + step.samples, 0),
          all.length - count,
          `${name}: announced as many as come`,
        );
      }),
      { numRuns: 25 },
    );
  }
});

t.test('epochs follow one another, and a run may start in any of them', async (t) => {
  const visits = some(3, 200, 200);
  const run = { seed: 1, epochs: 3 };
  const order = shuffledOrder(1, 2 ** 30);
  const all = samples(planEpochs(visits, { ...run, start: 0 }, order));
  t.equal(all.length, 81);
  t.same([...new Set(all.map((sample) => sample.epoch))], [0, 1, 2]);
  t.same(
    all.map((sample) => sample.position),
    all.map((_, i) => i),
  );
  const late = samples(planEpochs(visits, { ...run, start: 40 }, order));
  t.same(
    late.map((sample) => [sample.id, sample.seed, sample.position]),
    all.slice(40).map((sample) => [sample.id, sample.seed, sample.position]),
  );
  t.same(samples(planEpochs([], { seed: 1, start: 0 }, order)), [], 'nothing to sample ends an endless run');
});
