import { createHash } from 'node:crypto';
import t from 'tap';
import { fixedExp, fixedLog } from '../../src/random/fixed-math.js';
import { createRng, deriveSeed, fillNormal, sampleSeed } from '../../src/random/rng.js';
import fc from '../properties.js';

const draws = <T>(n: number, draw: () => T): T[] => Array.from({ length: n }, draw);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

t.test('known answers, computed by a second implementation in another language', async (t) => {
  const words = createRng('esrgan');
  t.equal(words.seed() + words.seed(), 'c3b24c8195019d76e32c7dc52a61c8ea');
  const rng = createRng('esrgan');
  t.same(
    draws(3, () => rng.uniform()),
    [0.7644393785451046, 0.8873976332363082, 0.0428789396001934],
  );
  t.equal(sampleSeed(0, 3, '0001.png@T0:400x400+200+0'), '8d2458ab025df123');
  t.equal(deriveSeed('00ff00ff00ff00ff', 'blur#1'), '35d6548c654683e9');
});

t.test('normal deviates are the same bits everywhere', async (t) => {
  const rng = createRng('esrgan');
  const values = draws(100_000, () => rng.normal());
  t.same(
    values.slice(0, 5),
    [-0.7201407418222299, -1.3405842625295348, -0.23833341167191371, 0.2361510825234173, 0.19378175736409703],
  );
  t.ok(Math.abs(mean(values) * 1e5 - 50.674772451562355) < 1e-9, 'sum of the second implementation');
  t.equal(values.reduce((a, b) => Math.min(a, b)).toFixed(12), '-4.801137995537', 'a value from the tail');
  const bits = createHash('sha256').update(new Uint8Array(Float64Array.from(values).buffer));
  t.equal(bits.digest('hex').slice(0, 16), '0ac2e1c3b56544e8');
});

t.test('moments and tails of the normal distribution', async (t) => {
  const n = 2_000_000;
  const field = new Float32Array(n);
  fillNormal(createRng('moments'), field);
  const moment = (power: number) => field.reduce((sum, x) => sum + x ** power, 0) / n;
  t.ok(Math.abs(moment(1)) < 5 / Math.sqrt(n));
  t.ok(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / n));
  t.ok(Math.abs(moment(3)) < 5 * Math.sqrt(15 / n));
  t.ok(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / n));
  for (const [limit, tail] of [
    [1, 0.31731050786291415],
    [2, 0.04550026389635842],
    [3, 0.0026997960632601866],
    [3.7, 0.00021559],
  ] as const) {
    const count = field.reduce((sum, x) => sum + (Math.abs(x) > limit ? 1 : 0), 0);
    t.ok(Math.abs(count - n * tail) < 5 * Math.sqrt(n * tail), `beyond ${limit}: ${count}`);
  }
  const rng = createRng('moments');
  t.equal(field[0], Math.fround(rng.normal()), 'in bulk as one by one');
});

t.test('uniform draws fill their range evenly', async (t) => {
  const rng = createRng('even');
  const counts = new Array<number>(20).fill(0);
  for (let i = 0; i < 200_000; i++) counts[Math.floor(rng.uniform(-1, 1) * 10) + 10]++;
  const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  t.ok(chi2 < 43.8, `chi-square ${chi2} (0.1 % point of 19 degrees of freedom)`);
  const ints = draws(60_000, () => rng.int(-2, 3));
  t.same(
    [...new Set(ints)].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2, 3],
  );
  for (let v = -2; v <= 3; v++) {
    t.ok(Math.abs(ints.filter((i) => i === v).length - 10_000) < 500, `integer ${v}`);
  }
  t.equal(rng.uniform(5, 5), 5, 'a range of one value');
});

t.test('chance and choice follow their probabilities', async (t) => {
  const rng = createRng('choice');
  const picks = draws(100_000, () => rng.choice(['a', 'b', 'c', 'd'], [0.45, 0, 0.25, 0.3]));
  const share = (item: string) => picks.filter((pick) => pick === item).length / picks.length;
  t.ok(Math.abs(share('a') - 0.45) < 0.008);
  t.equal(share('b'), 0, 'weight 0 never');
  t.ok(Math.abs(share('c') - 0.25) < 0.008);
  t.ok(Math.abs(mean(draws(100_000, () => Number(rng.chance(0.3)))) - 0.3) < 0.008);
  t.notOk(draws(1000, () => rng.chance(0)).includes(true));
  t.notOk(draws(1000, () => rng.chance(1)).includes(false));
  t.ok(Math.abs(mean(draws(100_000, () => rng.choice([0, 1]))) - 0.5) < 0.008, 'equal without weights');
});

t.test('seeds do not depend on order and differ for every input', async (t) => {
  const ids = draws(500, () => '').map((_, i) => `${i}.png@HR:400x400+0+0`);
  const forward = ids.map((id) => sampleSeed(7, 1, id));
  const backward = [...ids].reverse().map((id) => sampleSeed(7, 1, id));
  t.same(forward, backward.reverse());
  const all = new Set([
    ...forward,
    sampleSeed(8, 1, ids[0]),
    sampleSeed(7, 2, ids[0]),
    deriveSeed(forward[0], 'x'),
  ]);
  t.equal(all.size, 503);
  t.ok([...all].every((seed) => /^[0-9a-f]{16}$/.test(seed)));
});

t.test('logarithm and exponential from plain arithmetic', async () => {
  const near = (a: number, b: number) => Math.abs(a - b) <= 2e-14 * Math.max(1e-300, Math.abs(b));
  fc.assert(
    fc.property(fc.double({ min: 2 ** -60, max: 1e9, noNaN: true }), (x) => {
      return Math.abs(fixedLog(x) - Math.log(x)) <= 1e-15 * Math.max(1, Math.abs(Math.log(x)));
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (x) => near(fixedExp(x), Math.exp(x))),
  );
});
