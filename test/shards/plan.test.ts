import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { planEpochs } from '../../src/plan/epochs.js';
import { pick } from '../../src/plan/pick.js';
import type { Step } from '../../src/plan/steps.js';
import type { Visit } from '../../src/plan/types.js';
import { autoShards, checkShard } from '../../src/shards/auto.js';
import { cuts } from '../../src/shards/balance.js';
import { planDigest } from '../../src/shards/check-plan.js';
import {
  configHash,
  packageVersion,
  readPlan,
  type ShardPlan,
  writePlan,
} from '../../src/shards/plan-file.js';
import { rateOf } from '../../src/shards/status.js';
import { foundOrder, shuffledOrder } from '../../src/stages/shuffle/shuffle.js';
import { tarName, WebdatasetOptions } from '../../src/stages/write/pack-options.js';
import { range, unitOf, unitSize } from '../../src/stages/write/units/layout.js';
import fc from '../properties.js';

function visit(id: string, count: number): Visit {
  const scale = { tag: 'HR', width: 10 * count, height: 10 };
  const source = {
    id,
    path: `/${id}`,
    width: 10 * count,
    height: 10,
    format: 'png',
    channels: 3,
    notes: [],
  } as const;
  const windows = Array.from({ length: count }, (_, i) => ({
    ...{ scale, x: 10 * i, y: 0, width: 10, height: 10, index: i + 1 },
  }));
  return { source, scales: [scale], count, windows };
}

const visits = [7, 1, 12, 5, 3].map((count, i) => visit(`${i}.png`, count));

t.test('units are cut where the pixels are', (t) => {
  t.same(cuts([1, 1, 1, 1, 1, 1], 3), [0, 2, 4, 6]);
  t.same(cuts([10, 1, 1, 1, 1], 2), [0, 1, 5]);
  t.same(cuts([1, 1, 1, 1, 10], 2), [0, 4, 5]);
  t.same(cuts([5, 0, 0, 0], 4), [0, 1, 2, 3, 4], 'none is empty');
  const cases = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(cases, fc.integer({ min: 1, max: 60 }), (pixels, wanted) => {
      const shards = Math.min(wanted, pixels.length);
      const starts = cuts(pixels, shards);
      const sums = starts.slice(1).map((to, i) => pixels.slice(starts[i], to).reduce((a, b) => a + b, 0));
      const most = Math.max(...pixels);
      const fair = pixels.reduce((a, b) => a + b, 0) / shards;
      return (
        starts.length === shards + 1 &&
        starts[0] === 0 &&
        starts[shards] === pixels.length &&
        starts.every((start, i) => i === 0 || start > starts[i - 1]) &&
        sums.every((sum) => sum <= fair + most)
      );
    }),
  );
  t.end();
});

t.test('picked steps are those of the whole plan, and open what they need', (t) => {
  const orders = { found: foundOrder, shuffled: shuffledOrder(1, 4000), roomy: shuffledOrder(1, 1e9) };
  for (const [name, order] of Object.entries(orders)) {
    const steps = (start: number) => planEpochs(visits, { seed: 1, epochs: 2, start }, order);
    const ids = (list: Iterable<Step>) =>
      [...list].flatMap((step) =>
        step.kind === 'sample' ? [`${step.sample.position} ${step.sample.id}`] : [],
      );
    const all = ids(steps(0));
    t.equal(all.length, 56);
    for (const [from, to] of [
      [0, 56],
      [5, 9],
      [20, 40],
      [50, 56],
      [27, 29],
    ]) {
      const wanted = (position: number) => position >= from && position < to && position % 4 !== 1;
      const picked = [
        ...pick(
          () => steps(from),
          ({ position }) => wanted(position),
          to,
        ),
      ];
      t.same(
        ids(picked),
        all.filter((_, position) => wanted(position)),
        `${name} ${from}..${to}`,
      );
      const left = new Map<symbol, number>();
      for (const step of picked)
        left.set(step.key, step.kind === 'open' ? step.samples : (left.get(step.key) ?? Number.NaN) - 1);
      t.ok(
        [...left.values()].every((count) => count === 0),
        'every source closes with its last sample',
      );
    }
  }
  t.end();
});

t.test('what is in a tar follows from headers', (t) => {
  const options = (more: object) => WebdatasetOptions.parse({ webdataset: 'out/a-{0000..}.tar', ...more });
  const size = (more: object, gt_size?: number) =>
    unitSize({ kind: 'webdataset', options: options(more) }, visits, { scale: 4, gt_size });
  t.equal(size({ max_samples: 7 }), 7);
  t.equal(size({ max_bytes: '1MiB' }, 64), Math.floor(2 ** 20 / (64 * 64 * 3 * (1 + 1 / 16) + 8192)));
  t.equal(size({ max_bytes: 1 }, 64), 1);
  t.equal(size({ max_bytes: '1MiB', content: 'crops' }), Math.floor(2 ** 20 / (300 + 8192)));
  t.same(tarName('out/a-{0000..}.tar', 12), { folder: 'out/', name: 'a-0012.tar' });
  t.same(tarName('{0..}.tar', 123), { folder: '.', name: '123.tar' });
  for (const wrong of ['out.tar', 'out/{000..}/a.tar', '{00..}.zip', '{00}.tar'])
    t.throws(() => WebdatasetOptions.parse({ webdataset: wrong }), wrong);
  const layout = { size: 10, total: 25, units: 3, digest: '' };
  t.same(
    [0, 1, 2].map((unit) => range(layout, unit)),
    [
      { from: 0, to: 10 },
      { from: 10, to: 20 },
      { from: 20, to: 25 },
    ],
  );
  t.equal(unitOf(layout, 19), 1);
  t.end();
});

t.test('schedulers say which shard', (t) => {
  t.same(autoShards({ SLURM_ARRAY_TASK_ID: '7' }, 8), [7]);
  t.same(autoShards({ JOB_COMPLETION_INDEX: '3', RANK: '3' }, 8), [3], 'they agree');
  t.same(autoShards({ RANK: '1', WORLD_SIZE: '3' }, 8), [1, 4, 7]);
  t.same(autoShards({ CLOUD_RUN_TASK_INDEX: '2', CLOUD_RUN_TASK_COUNT: '4' }, 4), [2]);
  t.same(autoShards({ RANK: '9', WORLD_SIZE: '10' }, 8), [], 'more processes than shards');
  const wrong = (env: Record<string, string>, message: RegExp) =>
    t.throws(() => autoShards(env, 8), { code: 'SHARD_NUMBER', message });
  wrong({}, /none is set/);
  wrong({ SLURM_ARRAY_TASK_ID: '8' }, /is 8, but the plan has 8 shards, from 0 to 7/);
  wrong({ SLURM_ARRAY_TASK_ID: '4294967294x' }, /not a whole number/);
  wrong(
    { SLURM_ARRAY_TASK_ID: '1', JOB_COMPLETION_INDEX: '2' },
    /SLURM_ARRAY_TASK_ID is 1 and JOB_COMPLETION_INDEX is 2: they stand for different shards/,
  );
  wrong({ JOB_COMPLETION_INDEX: '0', RANK: '0', WORLD_SIZE: '2' }, /different shards/);
  wrong({ RANK: '3', WORLD_SIZE: '3' }, /RANK is 3, but WORLD_SIZE is 3/);
  t.throws(() => checkShard(1, 1, '--shard'), { message: /1 shard, from 0 to 0/ });
  t.end();
});

const pipeline = { name: 'p', seed: 1 } as ShardPlan['pipeline'];
const planned: Omit<ShardPlan, 'digest'> = {
  ...{ format: 'esrgan-stream plan', version: 1, made_by: packageVersion(), name: 'p', seed: 1 },
  ...{ config: configHash(pipeline), pipeline, plugins: [], unused: [] },
  layout: { size: 10, total: 55, units: 6, digest: 'd' },
  shards: [
    { from: 0, to: 3, pixels: 5, files: [0, 1] },
    { from: 3, to: 6, pixels: 5, files: [1] },
  ],
  files: visits.slice(0, 2).map(({ source }) => ({ source, bytes: 1, sha256: 'a'.repeat(64) })),
};

t.test('a plan that was edited or contradicts itself is refused', async (t) => {
  const file = path.join(t.testdir(), 'plan.json');
  const [one, two] = planned.shards;
  const [photo] = planned.files;
  const write = (plan: Omit<ShardPlan, 'digest'>) => writePlan(file, { ...plan, digest: planDigest(plan) });
  await write(planned);
  t.same(await readPlan(file), { ...planned, digest: planDigest(planned) });

  const text = readFileSync(file, 'utf8');
  for (const [from, to] of [
    ['"pixels":5', '"pixels":6'],
    ['"to":3', '"to":2'],
    ['"bytes":1', '"bytes":2'],
    [photo.source.path, '/etc/passwd'],
    ['"seed":1,"config"', '"seed":2,"config"'],
  ]) {
    writeFileSync(file, text.replace(from, to));
    t.not(text.replace(from, to), text, from);
    await t.rejects(
      readPlan(file),
      { code: 'PLAN_FILE', message: /has been changed since it was made/ },
      from,
    );
  }

  const photograph = (more: object) => ({
    files: [{ ...photo, source: { ...photo.source, ...more } }, planned.files[1]],
  });
  const wrong: [object, RegExp][] = [
    [{ shards: [one, { ...two, from: 2 }] }, /shards 0 and 1 overlap: both have part 2/],
    [{ shards: [one, { ...two, from: 4 }] }, /no shard has part 3/],
    [{ shards: [one, { ...two, to: 5 }] }, /the shards have 5 parts, and the run has 6/],
    [{ shards: [one, { ...two, to: 1e9 }] }, /the shards have 1000000000 parts, and the run has 6/],
    [{ shards: [one, { ...two, to: 3 }] }, /shard 1 has no range/],
    [{ shards: [one, { ...two, from: 3.5 }] }, /shard 1 has no range/],
    [{ shards: [one, { ...two, files: [2] }] }, /shard 1 names a photograph that is not in the plan/],
    [{ shards: [] }, /it has no shards/],
    [{ layout: { ...planned.layout, units: 7 } }, /its layout is not whole/],
    [
      photograph({ id: '../../etc/cron.d/x' }),
      /"\.\.\/\.\.\/etc\/cron\.d\/x" would be written outside of the output folder/,
    ],
    [photograph({ id: 'a/../../b' }), /would be written outside/],
    [photograph({ id: '/etc/x' }), /would be written outside/],
    [photograph({ id: planned.files[1].source.id }), /is there twice/],
    [photograph({ width: -1 }), /has no size/],
    [{ files: [{ ...photo, sha256: 'x' }, planned.files[1]] }, /has no hash/],
  ];
  for (const [change, message] of wrong) {
    await write({ ...planned, ...change });
    await t.rejects(readPlan(file), { code: 'PLAN_FILE', message }, String(message));
  }
});

t.test('the rate is that of the last ten minutes', (t) => {
  const now = 10_000_000;
  t.equal(rateOf([], now), undefined);
  t.equal(rateOf([{ from: now - 10_000, to: now, pixels: 500 }], now), 50);
  const ago = (from: number, to: number, pixels: number) => ({ from: now - from, to: now - to, pixels });
  t.equal(rateOf([ago(1_200_000, 0, 1200)], now), 1, 'half of it lies in the window');
  t.equal(
    rateOf([ago(5_000_000, 4_000_000, 9e9), ago(100, 100, 600)], now),
    1,
    'what was long ago does not count',
  );
  t.equal(rateOf([ago(5_000_000, 4_000_000, 9e9)], now), undefined);
  t.end();
});
