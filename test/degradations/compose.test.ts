import t from 'tap';
import { z } from 'zod';
import { applyChain } from '../../src/degradations/apply.js';
import { type Chain, makeChain, type PlainStep } from '../../src/degradations/chain.js';
import { type Degradation, defineDegradation, type Json } from '../../src/degradations/define.js';
import { drawChain } from '../../src/degradations/draw.js';
import { createImagePool } from '../../src/degradations/image-pool.js';
import { chainReach } from '../../src/degradations/reach.js';
import { sampleSeed } from '../../src/random/rng.js';
import { compileChain } from '../../src/stages/degrade/compile.js';
import { drawPair } from '../../src/stages/degrade/draw-pair.js';
import { DegradeOptions } from '../../src/stages/degrade/options.js';
import { makePair, renderPair } from '../../src/stages/degrade/pair.js';
import fc from '../properties.js';
import { maxDifference, randomImage, randomPixels } from './images.js';

const compile = (written: unknown, folder = '.') => compileChain(DegradeOptions.parse(written), folder);
const info = { id: 'a.png@HR:48x40+0+0', width: 48, height: 40, scale: 4 };
const tools = { id: info.id, scale: 4, pool: createImagePool(), warn: () => {} };
const names = (chain: Chain, seed: string) => drawChain(chain, seed, info).map(({ name }) => name);
const seeds = (count: number) => Array.from({ length: count }, (_, i) => `seed ${i}`);

/** Whether a count out of n is within 4 standard errors of a probability. */
const likely = (count: number, n: number, p: number) =>
  Math.abs(count / n - p) <= 4 * Math.sqrt((p * (1 - p)) / n);

/** Adds a constant; draws one number. */
const adder = (name: string, value = 0): Degradation =>
  defineDegradation({
    name,
    options: z.unknown(),
    sample: (rng): Json => ({ u: rng.uniform() }),
    apply(image) {
      for (let i = 0; i < image.data.length; i++) image.data[i] += value;
      return image;
    },
    reach: () => 0,
  });
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => adder(name));
const one = (operator: Degradation, prob = 1): PlainStep => ({ operator, options: {}, prob });

t.test('one_of: one step, as often as its weight says', async (t) => {
  const chain = makeChain([
    { kind: 'one_of', prob: 0.8, weights: [1, 3, 0], steps: [one(a), one(b, 0.5), one(c)] },
  ]);
  const n = 4000;
  const drawn = seeds(n).map((seed) => names(chain, seed));
  const count = (name?: string) => drawn.filter((list) => list[0] === name).length;
  t.ok(drawn.every((list) => list.length <= 1));
  t.ok(likely(count('a'), n, 0.8 / 4), `a ${count('a')}`);
  t.ok(likely(count('b'), n, 0.8 * 0.75 * 0.5), `b ${count('b')}`);
  t.equal(count('c'), 0);
  t.ok(likely(count(), n, 0.2 + 0.3), `none ${count()}`);
});

t.test('shuffle: every order equally often, all steps', async (t) => {
  const chain = makeChain([{ kind: 'shuffle', prob: 1, steps: [one(a), one(b), one(c)] }]);
  const n = 6000;
  const orders = new Map<string, number>();
  for (const seed of seeds(n)) {
    const order = names(chain, seed).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  t.same([...orders.keys()].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  for (const [order, count] of orders) t.ok(likely(count, n, 1 / 6), `${order} ${count}`);
});

t.test('repeat: as often as is drawn, with new draws each time', async (t) => {
  const chain = makeChain([{ kind: 'repeat', prob: 1, times: [0, 3], steps: [one(a), one(b)] }]);
  const n = 4000;
  const counts = [0, 0, 0, 0];
  for (const seed of seeds(n)) {
    const drawn = drawChain(chain, seed, info);
    t.same(
      drawn.map(({ name }) => name),
      Array.from({ length: drawn.length / 2 }, () => ['a', 'b']).flat(),
    );
    t.equal(new Set(drawn.map(({ params }) => JSON.stringify(params))).size, drawn.length);
    counts[drawn.length / 2]++;
  }
  for (const [times, count] of counts.entries()) t.ok(likely(count, n, 0.25), `${times}: ${count}`);
  const nested = makeChain([
    {
      kind: 'repeat',
      prob: 1,
      times: [2, 2],
      steps: [{ kind: 'repeat', prob: 1, times: [3, 3], steps: [one(a)] }],
    },
  ]);
  const drawn = drawChain(nested, 'x', info);
  t.equal(new Set(drawn.map(({ params }) => JSON.stringify(params))).size, 6);
});

t.test('draws: a step that is added changes no other', async (t) => {
  const params = (chain: Chain, seed: string, name: string) =>
    drawChain(chain, seed, info).filter((drawn) => drawn.name === name);
  const group = (steps: PlainStep[], label?: string): PlainStep => ({
    kind: 'sequence',
    prob: 1,
    steps,
    label,
  });
  const short = makeChain([group([one(a)]), one(b), group([one(c)], 'preset:c')]);
  const long = makeChain([
    one(d),
    group([one(d), one(a), one(b), one(a)]),
    { kind: 'shuffle', prob: 1, steps: [one(a)] },
    group([one(b), one(c)], 'preset:other'),
    one(b),
    group([one(d), one(c)], 'preset:c'),
    one(b, 0),
  ]);
  for (const seed of seeds(50)) {
    t.same(params(long, seed, 'a')[0], params(short, seed, 'a')[0], 'in its group');
    const b = params(long, seed, 'b');
    t.same(b[2], params(short, seed, 'b')[0], 'beside groups that hold the same operator');
    t.same(params(long, seed, 'c')[1], params(short, seed, 'c')[0], 'in a preset, after another preset');
  }
});

/** Chains of any shape from the four operators. */
const { step: anyStep } = fc.letrec<{ step: PlainStep }>((tie) => {
  const steps = fc.array(tie('step'), { minLength: 1, maxLength: 3 });
  const prob = fc.constantFrom(0, 0.3, 1);
  return {
    step: fc.oneof(
      { maxDepth: 3 },
      fc.record({ operator: fc.constantFrom(a, b, c, d), options: fc.constant({}), prob }),
      fc.record({ kind: fc.constantFrom('sequence' as const, 'shuffle' as const), prob, steps }),
      steps.map((list) => ({
        kind: 'one_of' as const,
        prob: 1,
        weights: list.map((_, i) => i + 1),
        steps: list,
      })),
      fc.record({
        kind: fc.constant('repeat' as const),
        prob,
        times: fc.constantFrom([0, 2] as const, [1, 1] as const),
        steps,
      }),
    ),
  };
});

t.test('property: any chain draws the same twice, from distinct streams, and survives JSON', async (t) => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 4 }), fc.string(), (steps, seed) => {
      const chain = makeChain(steps);
      const drawn = drawChain(chain, seed, info);
      t.same(drawChain(chain, seed, info), drawn);
      t.same(JSON.parse(JSON.stringify(drawn)), drawn);
      const values = drawn.map(({ params }) => JSON.stringify(params));
      t.equal(new Set(values).size, values.length, 'no stream is used twice');
      const before = makeChain([...steps, one(adder('z'))]);
      t.same(drawChain(before, seed, info).slice(0, -1), drawn, 'whatever is added at the end');
    }),
    { numRuns: 150 },
  );
});

t.test('on: gt changes both pictures until lq is begun, then gt alone', async (t) => {
  const up = adder('up', 0.25);
  const more = adder('more', 0.125);
  const on = (operator: Degradation, where: 'gt' | 'both' | 'lq'): PlainStep => ({
    operator,
    options: {},
    prob: 1,
    on: where,
  });
  const cases: [PlainStep[], number | undefined, number][] = [
    [[on(up, 'lq')], undefined, 0.25],
    [[on(up, 'gt')], 0.25, 0.25],
    [[on(up, 'both')], 0.25, 0.25],
    [[on(up, 'gt'), on(more, 'lq')], 0.25, 0.375],
    [[on(more, 'lq'), on(up, 'gt')], 0.25, 0.125],
    [[on(more, 'lq'), on(up, 'both')], 0.25, 0.375],
    [[on(up, 'both'), on(more, 'lq'), on(more, 'gt')], 0.375, 0.375],
  ];
  for (const [steps, gt, lq] of cases) {
    const chain = makeChain(steps);
    const drawn = drawChain(chain, 'x', info);
    const image = { width: 8, height: 8, data: new Float32Array(192) };
    const seen: string[] = [];
    const made = await applyChain(chain, image, drawn, {
      ...tools,
      after: ({ name }, _image, picture) => seen.push(`${name} ${picture}`),
    });
    const title = drawn.map(({ name, on: where }) => `${name} ${where ?? 'lq'}`).join(', ');
    t.equal(made.gt?.data[9], gt, title);
    t.ok(Math.abs(made.lq.data[2] - lq) < 1e-6, title);
    t.match(made.lq, { width: 2, height: 2 });
    t.equal(seen.at(-1), 'resize lq');
  }
  const grow = { ...adder('grow'), size: () => ({ width: 1, height: 1 }) };
  t.throws(() => makeChain([on(grow, 'gt')]), { code: 'DEGRADATION_ON', message: /grow changes the size/ });
  const sly: Degradation = {
    ...adder('sly'),
    apply: (_image, _params, ctx) => {
      const other = ctx.image(3, 3);
      other.data.fill(0);
      return other;
    },
  };
  const chain = makeChain([on(sly, 'gt')]);
  await t.rejects(applyChain(chain, randomImage(8, 8), drawChain(chain, 'x', info), tools), {
    code: 'DEGRADATION_FAILED',
    message: /sly.*gt must keep its size of 8x8, but is now 3x3/,
  });
});

t.test('reach: gt needs its own margin, lq that of gt and its own', async (t) => {
  const wide = (name: string, reach: number): Degradation => ({ ...adder(name), reach: () => reach });
  const chain = makeChain([
    { ...one(wide('first', 5)), on: 'gt' } as PlainStep,
    one(wide('second', 7)),
    { ...one(wide('third', 11)), on: 'both' } as PlainStep,
    { ...one(wide('fourth', 13)), on: 'gt' } as PlainStep,
  ]);
  const gt = { width: 400, height: 400 };
  const reach = chainReach(chain, drawChain(chain, 'x', info), 'x', { scale: 4, gt });
  t.same(reach, { gt: 5 + 11 + 13, lq: 7 + 11 + 9, fork: 5 });
});

const plan = { scale: 4, gt_size: 32, use_hflip: true, use_rot: true };
const sampleOf = (id: string) => ({ id, epoch: 0, seed: sampleSeed(0, 0, id) });

t.test('pairs: gt is trained on as its steps leave it; without them its bytes are untouched', async (t) => {
  const crop = randomPixels(120, 96);
  const pool = createImagePool();
  const plain = await compile([{ blur: { size: 7 } }]);
  const sharp = await compile([{ usm_sharpen: { on: 'gt', radius: 11 } }, { blur: { size: 7 } }]);
  for (const id of ['1', '2', '3', '4', '5', '6']) {
    const first = await makePair(crop, sampleOf(id), plan, plain, { pool });
    const second = await makePair(crop, sampleOf(id), plan, sharp, { pool });
    t.same(second.record.augment, first.record.augment);
    t.same(second.record.degradations.slice(1), first.record.degradations, 'the blur is the same');
    t.match(second.record.degradations[0], { name: 'usm_sharpen', on: 'gt' });
    t.notOk('on' in first.record.degradations[0]);
    t.ok(maxDifference(first.gt, second.gt) > 20 && maxDifference(first.lq, second.lq) > 0, 'sharper');
    const none = await makePair(crop, sampleOf(id), plan, await compile([]), { pool });
    t.same(none.gt, first.gt, 'source bytes');
  }
});

t.test('pairs: the window with its margin gives what the whole crop gives', async (t) => {
  const crop = randomPixels(120, 96);
  const pool = createImagePool();
  const chain = await compile([
    { usm_sharpen: { radius: 11 }, on: 'gt' },
    { blur: { size: 5 } },
    { halo: { radius: 1 }, on: 'both' },
  ]);
  for (const id of ['1', '2', '3', '4']) {
    const pair = await makePair(crop, sampleOf(id), { ...plan, use_rot: false, use_hflip: false }, chain, {
      pool,
    });
    const { augment } = pair.record;
    const whole = await renderPair(
      crop,
      { ...pair.record, augment: { ...augment, x: 0, y: 0, size: 0 } },
      4,
      chain,
      { pool },
    );
    const cut = (data: Uint8Array, width: number, x: number, y: number, size: number) =>
      Array.from({ length: size }, (_, row) => {
        const from = 3 * ((y + row) * width + x);
        return [...data.subarray(from, from + 3 * size)];
      }).flat();
    const { x, y } = augment;
    t.ok(maxDifference(pair.gt, cut(whole.gt, 120, x, y, 32)) <= 1, `gt ${id}`);
    t.ok(maxDifference(pair.lq, cut(whole.lq, 30, x / 4, y / 4, 8)) <= 1, `lq ${id}`);
  }
});

t.test('YAML: groups, on beside or inside, empty options, presets in presets', async (t) => {
  const chain = await compile([
    { usm_sharpen: null, on: 'gt' },
    { halo: { on: 'both' } },
    { one_of: [{ gaussian_noise: {}, weight: 0.5 }, { steps: [{ jpeg: null }, { blur: {} }] }], prob: 0.5 },
    { repeat: { times: 2, steps: [{ jpeg: {} }] } },
    { shuffle: [{ jpeg: {} }, { preset: 'bicubic' }] },
    { steps: [{ halo: {} }, { blur: {}, on: 'lq' }], on: 'gt' },
  ]);
  const [usm, halo, oneOf, repeat, shuffle, steps] = chain.steps;
  t.match(usm, { kind: 'operator', on: 'gt', options: { weight: 0.5 } });
  t.match(halo, { kind: 'operator', on: 'both', stream: 'halo#1' });
  t.notOk('on' in ((halo as { options: object }).options ?? {}), '`on` is no option of the operator');
  t.match(oneOf, { kind: 'one_of', prob: 0.5, weights: [0.5, 1] });
  t.match(oneOf, { steps: [{ stream: '<one_of>#1/gaussian_noise#1' }, { kind: 'sequence' }] });
  t.match(repeat, { kind: 'repeat', times: [2, 2], steps: [{ stream: '<repeat>#1/jpeg#1' }] });
  t.match(shuffle, { steps: [{}, { kind: 'sequence', stream: '<shuffle>#1/preset:bicubic#1' }] });
  t.match(steps, { steps: [{ on: 'gt' }, { on: 'lq' }] }, 'a group passes `on` to its steps');
  const frozen = (list: Chain['steps']): boolean =>
    Object.isFrozen(list) &&
    list.every((s) => Object.isFrozen(s) && (s.kind === 'operator' || frozen(s.steps)));
  t.ok(frozen(chain.steps));

  const parsed = DegradeOptions.parse({ steps: [{ one_of: [{ jpeg: null }] }], max_failures: 3 });
  t.same(parsed.max_failures, 3);
  t.same(DegradeOptions.parse(parsed), parsed, 'what was parsed is valid input again');
  t.same(structuredClone(parsed), parsed);

  const bad: [unknown, RegExp][] = [
    [[{ jpeg: {}, weight: 1 }], /weight/],
    [[{ one_of: [] }], /too_small/],
    [[{ one_of: [{ jpeg: {}, weight: 0 }] }], /every weight is 0/],
    [[{ one_of: [{ jpeg: {}, weight: -1 }] }], /too_small/],
    [[{ shuffle: [{}] }], /names an operator/],
    [[{ repeat: { times: [3, 1], steps: [{ jpeg: {} }] } }], /backwards: write \[1, 3\]/],
    [[{ repeat: { times: 1.5, steps: [{ jpeg: {} }] } }], /int/],
    [[{ repeat: { steps: [{ jpeg: {} }] } }], /times/],
    [[{ jpeg: {}, blur: {} }], /exactly one operator, but here are blur and jpeg/],
    [[{ jpeg: { on: 'gt' }, on: 'lq' }], /given twice, as lq and as gt/],
    [[{ jpeg: {}, on: 'hr' }], /invalid_value/],
    [[{ jpeg: {}, prob: -0.1 }], /too_small/],
    [[{ jpeg: {}, prob: 1.1 }], /too_big/],
    [{ steps: [], max_failures: -1 }, /too_small/],
  ];
  for (const [written, message] of bad) {
    const result = DegradeOptions.safeParse(written);
    t.match(JSON.stringify(result.error?.issues), message, JSON.stringify(written));
  }
  await t.rejects(compile([{ resize: { to: 'lq' }, on: 'gt' }]), { code: 'DEGRADATION_ON' });
});

t.test('an empty chain: lq is the reduced gt', async (t) => {
  for (const written of [[], { steps: [] }]) {
    const chain = await compile(written);
    const record = drawPair({ width: 48, height: 48 }, sampleOf('1'), plan, chain);
    t.same(record.degradations, []);
    const bicubic = await compile({ preset: 'bicubic' });
    const crop = randomPixels(48, 48);
    const pool = createImagePool();
    const pair = await makePair(crop, sampleOf('1'), plan, chain, { pool });
    t.same(pair.lq, (await makePair(crop, sampleOf('1'), plan, bicubic, { pool })).lq);
  }
});
