import t from 'tap';
import { kernelOf, roundWeights } from '../../src/degradations/blur/kernels.js';
import type { FloatImage } from '../../src/degradations/define.js';
import { filter2d } from '../../src/degradations/filter2d.js';
import { halo } from '../../src/degradations/halo/index.js';
import { usmSharpen } from '../../src/degradations/usm_sharpen/index.js';
import { sharpen } from '../../src/degradations/usm_sharpen/usm.js';
import { createRng } from '../../src/random/rng.js';
import { readNpy } from '../npy.js';
import fc from '../properties.js';
import { fixture } from '../root.js';
import { constantImage, context, maxDifference, randomImage } from './images.js';

const info = { id: 'a', width: 64, height: 64, scale: 4 };
const copy = (image: FloatImage): FloatImage => ({ ...image, data: image.data.slice() });

function goldenImages(name: string): FloatImage[] {
  const { shape, data } = readNpy(fixture('kernels', `${name}.npy`));
  const [count, , height, width] = shape;
  const size = 3 * width * height;
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    data: data.slice(i * size, (i + 1) * size),
  }));
}

t.test('usm_sharpen is that of BasicSR', async (t) => {
  const cases = [
    { name: 'default', weight: 0.5, threshold: 10 },
    { name: 'w1_t3', weight: 1, threshold: 3 },
    { name: 'w08_t20', weight: 0.8, threshold: 20 },
    { name: 'min_side_26', weight: 0.5, threshold: 10 },
  ];
  for (const { name, ...given } of cases) {
    const expected = goldenImages(`${name}_out`);
    for (const [i, image] of goldenImages(`${name}_in`).entries()) {
      const ctx = context(image);
      const params = usmSharpen.sample(createRng(''), usmSharpen.options.parse(given), info);
      const made = await usmSharpen.apply(copy(image), params, ctx);
      const difference = maxDifference(made.data, expected[i].data);
      t.ok(difference < 2e-5, `${name} ${i}: ${difference}`);
      t.ok(maxDifference(image.data, made.data) > 0.05, 'and does something');
    }
  }
});

t.test('usm_sharpen: options, and what it leaves alone', async (t) => {
  const params = usmSharpen.sample(createRng(''), usmSharpen.options.parse({}), info);
  t.same(params, { weight: 0.5, radius: 50, threshold: 10 });
  t.equal(usmSharpen.reach?.(params, info, context(info)), 50);
  t.equal(usmSharpen.reach?.({ ...params, radius: 51 }, info, context(info)), 50);
  for (const bad of [{ weight: -1 }, { radius: 0 }, { radius: 3.5 }, { threshold: 256 }, { sigma: 2 }]) {
    t.notOk(usmSharpen.options.safeParse(bad).success, JSON.stringify(bad));
  }
  const image = randomImage(30, 20);
  for (const idle of [
    { ...params, threshold: 255 },
    { ...params, weight: 0 },
    { ...params, radius: 1 },
  ]) {
    const made = await usmSharpen.apply(copy(image), idle, context(image));
    t.ok(maxDifference(made.data, image.data) < 1e-7, JSON.stringify(idle));
  }
  const whole = randomImage(160, 150);
  const part = { width: 130, height: 120, data: new Float32Array(3 * 130 * 120) };
  part.data.forEach((_, i) => {
    const [x, y, plane] = [i % 130, Math.floor(i / 130) % 120, Math.floor(i / (130 * 120))];
    part.data[i] = whole.data[(plane * 150 + y + 10) * 160 + x + 10];
  });
  for (const each of [whole, part]) sharpen(each, params, context(each).image);
  let most = 0;
  for (let y = 50; y < 70; y++) {
    for (let x = 50; x < 80; x++) {
      most = Math.max(most, Math.abs(part.data[y * 130 + x] - whole.data[(y + 10) * 160 + x + 10]));
    }
  }
  t.ok(most < 1e-6, 'beyond its reach a crop is sharpened as the whole image is');
});

t.test('halo against the formula', async (t) => {
  const image = randomImage(31, 23);
  for (const params of [
    { amount: 2, radius: 1.5, threshold: 0 },
    { amount: 0.7, radius: 3, threshold: 40 },
    { amount: 12, radius: 0.5, threshold: 5 },
  ]) {
    const soft = copy(image);
    const size = 2 * Math.ceil(3 * params.radius) + 1;
    filter2d(soft, kernelOf(roundWeights('gaussian', size, params.radius)), context(image).image);
    let kept = 0;
    let overshot = 0;
    const expected = image.data.map((v, i) => {
      const detail = v - soft.data[i];
      if (Math.abs(detail) * 255 <= params.threshold) {
        kept++;
        return v;
      }
      const value = v + params.amount * detail;
      if (value < 0 || value > 1) overshot++;
      return Math.min(1, Math.max(0, value));
    });
    const made = await halo.apply(copy(image), params, context(image));
    t.ok(maxDifference(made.data, expected) < 2e-5, JSON.stringify(params));
    t.ok(overshot > 0 && kept > 0 === params.threshold > 0, 'both cases occur');
    t.equal(halo.reach?.(params, image, context(image)), size >> 1);
  }
  for (const idle of [
    { amount: 0, radius: 2, threshold: 0 },
    { amount: 3, radius: 0, threshold: 0 },
    { amount: 3, radius: 2, threshold: 255 },
  ]) {
    const made = await halo.apply(copy(image), idle, context(image));
    t.ok(maxDifference(made.data, image.data) < 1e-6, JSON.stringify(idle));
  }
});

t.test('halo: draws and options', async (t) => {
  const n = 20_000;
  const ranges = { amount: [0.5, 3], radius: [1, 4], threshold: [0, 12] } as const;
  const options = halo.options.parse(ranges);
  const drawn = Array.from({ length: n }, (_, i) => halo.sample(createRng(`halo ${i}`), options, info));
  for (const [key, [low, high]] of Object.entries(ranges) as [keyof typeof ranges, [number, number]][]) {
    const values = drawn.map((params) => params[key]);
    const mean = values.reduce((a, b) => a + b, 0) / n;
    t.ok(values.every((v) => v >= low && v < high));
    t.ok(Math.abs(mean - (low + high) / 2) < (4 * (high - low)) / Math.sqrt(12 * n), `${key}: ${mean}`);
  }
  t.same(halo.sample(createRng(''), halo.options.parse({ amount: 2, radius: 1 }), info), {
    amount: 2,
    radius: 1,
    threshold: 0,
  });
  t.match(halo.options.safeParse({ amount: [3, 1] }).error?.issues[0].message, /backwards/);
  t.notOk(halo.options.safeParse({ strength: 1 }).success);
});

t.test('awkward images: finite, constants stay, the same after JSON', async (t) => {
  const side = fc.integer({ min: 1, max: 12 });
  await fc.assert(
    fc.asyncProperty(fc.string(), side, side, async (seed, width, height) => {
      const given = { amount: [0, 9], radius: [0, 8], threshold: [0, 60] };
      const params = halo.sample(createRng(seed), halo.options.parse(given), info);
      const usm = usmSharpen.sample(createRng(seed), usmSharpen.options.parse({ threshold: 3 }), info);
      const revived: typeof params = JSON.parse(JSON.stringify(params));
      const ctx = context({ width, height });
      const make = async (image: FloatImage, p: typeof params) =>
        (await halo.apply(await usmSharpen.apply(image, usm, ctx), p, ctx)).data;
      const made = await make(randomImage(width, height), params);
      t.ok(made.length === 3 * width * height && made.every((v) => v >= -1e-6 && v <= 1 + 1e-6));
      t.equal(maxDifference(made, await make(randomImage(width, height), revived)), 0);
      const flat = await make(constantImage(width, height, 0.3), params);
      t.ok(maxDifference(flat, constantImage(width, height, 0.3).data) < 1e-5);
    }),
    { numRuns: 100 },
  );
});
