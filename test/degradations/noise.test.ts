import { readFileSync } from 'node:fs';
import t from 'tap';
import type { FloatImage } from '../../src/degradations/define.js';
import { gaussianNoise } from '../../src/degradations/gaussian_noise/index.js';
import { poissonNoise } from '../../src/degradations/poisson_noise/index.js';
import { poissonTables } from '../../src/degradations/poisson_noise/tables.js';
import { createRng } from '../../src/random/rng.js';
import { fixture } from '../root.js';
import { constantImage, context, goldenImage, maxDifference, randomImage } from './images.js';

const side = 64;
const info = { id: 'a', width: side, height: side, scale: 4 };
const pictures: Record<string, FloatImage> = {
  flat: constantImage(side, side, 0.5),
  photo: goldenImage('noise/photo'),
  two_levels: goldenImage('noise/two_levels'),
  ramp256: goldenImage('noise/ramp256'),
};
const copy = (image: FloatImage): FloatImage => ({ ...image, data: image.data.slice() });

interface Case {
  readonly kind: 'gaussian' | 'poisson';
  readonly image: string;
  readonly sigma: number;
  readonly scale: number;
  readonly gray: 0 | 1;
  readonly theory: { mean: 0; std: number | [number, number, number]; skewness?: number[] };
  readonly after_clip: { share_clipped: number; mean_of_change: number; rms_of_change: number };
}

const cases: Case[] = JSON.parse(readFileSync(fixture('degradations', 'noise', 'stats.json'), 'utf8'));

/** Changes of so many independent noisy copies, channel by channel. */
async function changes(one: Case, draws: number): Promise<Float64Array[]> {
  const plane = side * side;
  const out = [0, 1, 2].map(() => new Float64Array(plane * draws));
  const source = pictures[one.image];
  const gray = one.gray === 1;
  for (let n = 0; n < draws; n++) {
    const seed = `${n}`;
    const made =
      one.kind === 'gaussian'
        ? await gaussianNoise.apply(copy(source), { sigma: one.sigma, gray, seed }, context(info))
        : await poissonNoise.apply(copy(source), { scale: one.scale, gray, seed }, context(info));
    for (let i = 0; i < 3 * plane; i++)
      out[Math.floor(i / plane)][n * plane + (i % plane)] = made.data[i] - source.data[i];
  }
  return out;
}

const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
const moment = (values: Float64Array, power: number) =>
  values.reduce((sum, v) => sum + v ** power, 0) / values.length;

t.test("noise has the statistics of BasicSR's generators", async (t) => {
  for (const one of cases) {
    const name = `${one.kind} ${one.image} ${one.sigma ?? one.scale} gray ${one.gray}`;
    const [red, green, blue] = await changes(one, 60);
    const { share_clipped, mean_of_change, rms_of_change } = one.after_clip;
    const channels = [red, green, blue];
    const rms = Math.sqrt(channels.reduce((sum, c) => sum + moment(c, 2), 0) / 3);
    t.ok(Math.abs(rms / rms_of_change - 1) < 0.01, `${name}: rms ${rms} ${rms_of_change}`);
    const off = channels.reduce((sum, c) => sum + mean(c), 0) / 3 - mean_of_change;
    t.ok(Math.abs(off) < (6 * rms) / Math.sqrt(red.length), `${name}: mean off by ${off}`);
    if (share_clipped < 0.001) {
      channels.forEach((channel, i) => {
        const { std, skewness } = one.theory;
        const own = typeof std === 'number' ? std : std[i];
        const made = Math.sqrt(moment(channel, 2));
        t.ok(Math.abs(made / own - 1) < 0.01, `${name}: std ${made} ${own}`);
        const skew = moment(channel, 3) / made ** 3;
        t.ok(Math.abs(skew - (skewness?.[i] ?? 0)) < 0.05, `${name}: skewness ${skew}`);
      });
    }
    // Clipping makes the change depend on the picture, whose channels and neighbours are alike.
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
    const correlation = dot(red, green) / Math.sqrt(dot(red, red) * dot(green, green));
    if (one.gray === 0 && share_clipped < 0.001)
      t.ok(Math.abs(correlation) < 0.01, `${name}: channels ${correlation}`);
    if (one.gray === 1 && share_clipped === 0)
      t.ok(maxDifference(red, green) < 1e-6, `${name}: equal channels`);
    const next = dot(red.subarray(1), red) / dot(red, red);
    if (share_clipped < 0.001) t.ok(Math.abs(next) < 0.01, `${name}: neighbours ${next}`);
  }
});

t.test('Poisson tables hold the exact distribution', async (t) => {
  for (const vals of [1, 2, 8, 64, 256]) {
    const { offsets, firsts, thresholds, other } = poissonTables(vals);
    for (const level of [0, 1, 100, 255]) {
      const rate = (level * vals) / 255;
      const count = offsets[level + 1] - offsets[level];
      const share = new Float64Array(700);
      for (let i = offsets[level]; i < offsets[level + 1]; i++) {
        const own = thresholds[i] / 2 ** 26;
        share[firsts[level] + i - offsets[level]] += own / count;
        share[other[i]] += (1 - own) / count;
      }
      let most = 0;
      for (let value = 0, logFactorial = 0; value < 700; value++) {
        if (value) logFactorial += Math.log(value);
        const p = rate === 0 ? Number(value === 0) : Math.exp(value * Math.log(rate) - rate - logFactorial);
        most = Math.max(most, Math.abs(share[value] - p));
      }
      t.ok(most < 1e-7, `rate ${rate}: ${most}`);
    }
  }
});

t.test('Poisson noise: the number of levels sets its strength', async (t) => {
  const strength = async (levels: number, gray: boolean) => {
    const image = constantImage(256, 256, 0.5);
    // A few pixels that add levels; the rest shows the noise.
    for (let k = 1; k < levels; k++) image.data[k] = image.data[65536 + k] = image.data[131072 + k] = k / 255;
    const made = await poissonNoise.apply(copy(image), { scale: 0.01, gray, seed: 'ab' }, context(info));
    const noise = Float64Array.from(made.data.subarray(1000, 65536), (v) => v - 0.5);
    return Math.sqrt(moment(noise, 2) - mean(noise) ** 2);
  };
  for (const gray of [false, true]) {
    for (const [levels, vals] of [
      [1, 1],
      [2, 2],
      [3, 4],
      [17, 32],
      [65, 128],
    ]) {
      const expected = 0.01 * Math.sqrt(128 / 255 / vals);
      const made = await strength(levels, gray);
      t.ok(Math.abs(made / expected - 1) < 0.02, `${levels} levels, gray ${gray}: ${made} ${expected}`);
    }
  }
});

t.test('noise: edges, draws, options', async (t) => {
  for (const value of [0, 1, -3, 7]) {
    const seed = 'ab';
    const one = () => constantImage(1, 1, value);
    for (const gray of [false, true]) {
      const made = [
        await gaussianNoise.apply(one(), { sigma: 255, gray, seed }, context(info)),
        await poissonNoise.apply(one(), { scale: 100, gray, seed }, context(info)),
      ];
      for (const { data } of made)
        t.ok(
          data.every((v) => v >= 0 && v <= 1),
          `${value}`,
        );
    }
  }
  const picture = randomImage(13, 9);
  const still = { gray: false, seed: 'ab' };
  t.same(
    (await gaussianNoise.apply(copy(picture), { sigma: 0, ...still }, context(info))).data,
    picture.data,
    'sigma 0 changes nothing',
  );
  t.same((await poissonNoise.apply(copy(picture), { scale: 0, ...still }, context(info))).data, picture.data);

  const options = gaussianNoise.options.parse({ sigma: [1, 30], gray_prob: 0.4 });
  const drawn = Array.from({ length: 4000 }, (_, i) =>
    gaussianNoise.sample(createRng(`${i}`), options, info),
  );
  t.ok(Math.abs(drawn.filter(({ gray }) => gray).length / 4000 - 0.4) < 0.031);
  t.ok(Math.abs(drawn.reduce((sum, { sigma }) => sum + sigma, 0) / 4000 - 15.5) < 0.6);
  t.equal(new Set(drawn.map(({ seed }) => seed)).size, 4000);
  const shot = poissonNoise.options.parse({ scale: [0.05, 3], gray_prob: 0.4 });
  const shots = Array.from({ length: 4000 }, (_, i) => poissonNoise.sample(createRng(`${i}`), shot, info));
  t.ok(Math.abs(shots.filter(({ gray }) => gray).length / 4000 - 0.4) < 0.031);
  t.ok(Math.abs(shots.reduce((sum, { scale }) => sum + scale, 0) / 4000 - 1.525) < 0.06);
  t.match(poissonNoise.options.safeParse({ scale: [3, 1] }).error?.issues[0].message, /backwards/);
  t.notOk(gaussianNoise.options.safeParse({ sigma: -1 }).success);
  t.notOk(poissonNoise.options.safeParse({ gray_prob: 1.1 }).success);
});
