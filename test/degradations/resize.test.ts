import { readdirSync } from 'node:fs';
import t from 'tap';
import { type FilterName, filterNames, resizeTo } from '../../src/degradations/resize/filters.js';
import { resize } from '../../src/degradations/resize/index.js';
import { createRng } from '../../src/random/rng.js';
import fc from '../properties.js';
import { fixture } from '../root.js';
import { constantImage, context, goldenImage, maxDifference, randomImage } from './images.js';

const info = { id: 'a', width: 256, height: 200, scale: 4 };
const newImage = context(info).image;
const draw = (given: unknown, n: number) => {
  const options = resize.options.parse(given);
  return Array.from({ length: n }, (_, i) => resize.sample(createRng(`${i}`), options, info));
};

t.test("area, bilinear and bicubic are torch's interpolate, by factor and by size", async (t) => {
  const source = goldenImage('torch/in');
  const files = readdirSync(fixture('degradations', 'torch')).filter((name) => name !== 'in.npy');
  t.equal(files.length, 48);
  for (const file of files) {
    const [, filter, kind, value] = /^(\w+)_(scale|size)_(.*)\.npy$/.exec(file) ?? [];
    const expected = goldenImage(`torch/${file.slice(0, -4)}`);
    const name = filter as FilterName;
    const made =
      kind === 'scale'
        ? await resize.apply(source, { filter: name, factor: Number(value), of: 'input' }, context(source))
        : resizeTo(source, expected, name, undefined, newImage);
    t.match(made, { width: expected.width, height: expected.height });
    const difference = maxDifference(made.data, expected.data);
    t.ok(difference < 2e-6, `${file}: ${difference}`);
  }
});

/** Straight from the definition, over the whole image, in float64. */
function naive(row: number[], to: number, filter: string): number[] {
  const kernels: Record<string, [number, (x: number) => number]> = {
    bilinear_aa: [1, (x) => 1 - x],
    bicubic_aa: [
      2,
      (x) => (x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2),
    ],
    box: [0.5, () => 1],
    lanczos2: [2, (x) => sinc(x) * sinc(x / 2)],
    lanczos3: [3, (x) => sinc(x) * sinc(x / 3)],
    mitchell: [
      2,
      (x) =>
        x < 1
          ? (7 * x ** 3 - 12 * x ** 2 + 16 / 3) / 6
          : ((-7 / 3) * x ** 3 + 12 * x ** 2 - 20 * x + 32 / 3) / 6,
    ],
    hamming: [1, (x) => sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))],
    hermite: [1, (x) => 2 * x ** 3 - 3 * x ** 2 + 1],
  };
  const [support, weight] = kernels[filter];
  const scale = row.length / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const weights = row.map((_, j) => {
      const x = Math.abs((j + 0.5 - centre) / stretch);
      return x < support ? weight(x) : 0;
    });
    const sum = weights.reduce((a, b) => a + b);
    return row.reduce((total, value, j) => total + (value * weights[j]) / sum, 0);
  });

  function sinc(x: number): number {
    return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }
}

t.test('the antialiased filters are what their formulas say', async (t) => {
  const wide = randomImage(47, 1);
  for (const filter of filterNames.slice(4)) {
    for (const to of [11, 30, 83]) {
      const made = resizeTo(wide, { width: to, height: 1 }, filter, undefined, newImage);
      const expected = [0, 1, 2].flatMap((plane) =>
        naive([...wide.data.subarray(plane * 47, plane * 47 + 47)], to, filter),
      );
      t.ok(maxDifference(made.data, expected) < 1e-6, `${filter} to ${to}`);
    }
  }
  const ramp = { width: 5, height: 1, data: Float32Array.of(0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4) };
  const near = resizeTo(ramp, { width: 3, height: 1 }, 'nearest', undefined, newImage);
  t.same([...near.data.subarray(0, 3)], [0, 2, 4], 'nearest takes the pixel at the centre');
});

t.test('a factor of exactly s is not out / in', async (t) => {
  const source = randomImage(40, 40);
  const factor = 0.371;
  const by = await resize.apply(source, { filter: 'bilinear', factor, of: 'input' }, context(source));
  const to = resizeTo(source, by, 'bilinear', undefined, newImage);
  t.ok(maxDifference(by.data, to.data) > 0.1);
  const area = await resize.apply(source, { filter: 'area', factor, of: 'input' }, context(source));
  t.same(area.data, resizeTo(source, area, 'area', undefined, newImage).data);
});

t.test('sizes: floor(n * s), trunc(gt / scale * s), lq, gt', async (t) => {
  const target = { scale: 4, gt: { width: 257, height: 203 } };
  const input = { width: 101, height: 77 };
  const filter = 'area';
  t.same(resize.size?.({ filter, factor: 0.371, of: 'input' }, input, target), { width: 37, height: 28 });
  t.same(resize.size?.({ filter, factor: 0.61, of: 'lq' }, input, target), { width: 39, height: 30 });
  t.same(resize.size?.({ filter, to: 'lq' }, input, target), { width: 64, height: 50 });
  t.same(resize.size?.({ filter, to: 'gt' }, input, target), target.gt);
  t.same(resize.size?.({ filter, factor: 0.15, of: 'input' }, { width: 3, height: 9 }, target), {
    width: 1,
    height: 1,
  });
});

t.test('draws: directions, ranges and filters by their weights', async (t) => {
  const n = 20000;
  const drawn = draw(
    { up: 0.2, down: 0.7, keep: 0.1, range: [0.15, 1.5], filters: ['area', 'bilinear', 'bicubic'] },
    n,
  ).flatMap((p) => ('factor' in p ? [p] : []));
  const within = (count: number, share: number, name: string) =>
    t.ok(Math.abs(count - n * share) < 4 * Math.sqrt(n * share * (1 - share)), `${name} ${count}`);
  const factors = drawn.map((p) => p.factor);
  within(factors.filter((f) => f > 1).length, 0.2, 'up');
  within(factors.filter((f) => f < 1).length, 0.7, 'down');
  within(factors.filter((f) => f === 1).length, 0.1, 'keep');
  within(factors.filter((f) => f < 0.575).length, 0.35, 'lower half of down');
  within(factors.filter((f) => f > 1.25).length, 0.1, 'upper half of up');
  t.ok(factors.every((f) => f >= 0.15 && f < 1.5));
  for (const filter of ['area', 'bilinear', 'bicubic']) {
    within(drawn.filter((p) => p.filter === filter).length, 1 / 3, filter);
  }
  const weighted = draw({ to: 'lq', filters: { area: 3, lanczos3: 1 } }, n);
  within(weighted.filter(({ filter }) => filter === 'area').length, 0.75, 'weights of filters');
  t.same(draw({ range: 0.5, of: 'lq', filters: 'box' }, 1), [{ filter: 'box', factor: 0.5, of: 'lq' }]);
});

t.test('options that make no sense are refused with a reason', async (t) => {
  for (const [given, why] of [
    [{}, /either `to: lq`/],
    [{ to: 'lq', range: [0.5, 1] }, /either `to: lq`/],
    [{ to: 'lq', up: 1 }, /fixed target/],
    [{ range: [2, 1] }, /backwards: write \[1, 2\]/],
    [{ range: [0.5, 0.8], up: 1 }, /`up` needs a range/],
    [{ range: [1.5, 2], down: 1 }, /`down` needs a range/],
    [{ range: [0.5, 2], up: 0, keep: 0 }, /weight 0/],
    [{ range: [0.5, 2], filters: { area: 0 } }, /weight 0/],
    [{ range: [0.5, 2], filters: 'cubic' }, /./],
    [{ range: [0.5, 2], scale: 2 }, /scale/],
  ] as const) {
    t.match(resize.options.safeParse(given).error?.issues[0].message, why, JSON.stringify(given));
  }
  const parsed = resize.options.parse({ range: [0.5, 2], up: 1, filters: ['area', 'box'] });
  t.same(resize.options.parse(JSON.parse(JSON.stringify(parsed))), parsed, 'parsed options are options');
});

t.test('any size and filter: constants stay, all finite, parameters survive JSON', async (t) => {
  const side = fc.integer({ min: 1, max: 40 });
  const given = fc.record({ w: side, h: side, gw: side, gh: side, seed: fc.string() });
  await fc.assert(
    fc.asyncProperty(given, fc.constantFrom('input', 'lq'), async ({ w, h, gw, gh, seed }, of) => {
      const options = resize.options.parse({
        range: [0.05, 3],
        up: 1,
        down: 2,
        keep: 1,
        of,
        filters: [...filterNames],
      });
      const params = resize.sample(createRng(seed), options, { ...info, width: w, height: h });
      t.same(JSON.parse(JSON.stringify(params)), params);
      const ctx = context({ width: gw, height: gh });
      const made = await resize.apply(constantImage(w, h, 0.3), params, ctx);
      t.match(made, resize.size?.(params, { width: w, height: h }, ctx));
      t.ok(made.data.every((v) => Math.abs(v - 0.3) < 1e-6));
      t.ok(Number.isFinite(resize.reach?.(params, { width: w, height: h }, ctx)));
    }),
  );
});

t.test('what lies beyond the reach has no influence', async (t) => {
  for (const filter of filterNames) {
    for (const factor of [0.23, 0.9, 1.4]) {
      const params = { filter, factor, of: 'input' } as const;
      const image = randomImage(90, 1);
      const reach = resize.reach?.(params, image, context(image)) ?? Number.NaN;
      const before = await resize.apply(image, params, context(image));
      const other = { ...image, data: image.data.slice() };
      other.data[45] += 1;
      const after = await resize.apply(other, params, context(image));
      const changed = [...before.data.keys()].filter(
        (i) => i < before.width && before.data[i] !== after.data[i],
      );
      const farthest = Math.max(...changed.map((i) => Math.abs(((i + 0.5) * 90) / before.width - 45.5)), 0);
      t.ok(farthest <= reach, `${filter} ${factor}: ${farthest} of ${reach}`);
    }
  }
});
