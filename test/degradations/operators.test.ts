import sharp from 'sharp';
import t from 'tap';
import { gaussianRow, kernelOf, roundWeights } from '../../src/degradations/blur/kernels.js';
import { floatToBytes } from '../../src/degradations/convert.js';
import type { FloatImage } from '../../src/degradations/define.js';
import { filter2d, filterSeparable } from '../../src/degradations/filter2d.js';
import { degradations } from '../../src/degradations/index.js';
import { reflected } from '../../src/degradations/reflect.js';
import { resample } from '../../src/degradations/resample.js';
import { resize } from '../../src/degradations/resize/index.js';
import { createRng } from '../../src/random/rng.js';
import fc from '../properties.js';
import { root } from '../root.js';
import { constantImage, context, golden, goldenImage, maxDifference, psnr, randomImage } from './images.js';

const newImage = context({ width: 1, height: 1 }).image;
const bytesOf = (image: FloatImage) => {
  const bytes = new Uint8Array(image.data.length);
  floatToBytes(image, { x: 0, y: 0, width: image.width, height: image.height }, bytes);
  return bytes;
};
const copy = (image: FloatImage): FloatImage => ({ ...image, data: image.data.slice() });

t.test('resize gives what Pillow gives on float images', async (t) => {
  const source = goldenImage('resize_in');
  for (const filter of ['bicubic', 'bilinear', 'lanczos3'] as const) {
    for (const [width, height] of [
      [15, 11],
      [61, 20],
      [90, 70],
      [7, 47],
      [1, 1],
    ]) {
      const made = resample(source, { width, height }, filter, newImage);
      const difference = maxDifference(made.data, golden(`resize_${filter}_${width}x${height}`).data);
      t.ok(difference < 1e-6, `${filter} ${width}x${height}: ${difference}`);
    }
  }
});

t.test('resize against the formula, term by term in float64', async (t) => {
  const source = randomImage(45, 31);
  const made = resample(source, { width: 11, height: 7 }, 'bicubic', newImage);
  const weightsOf = (from: number, to: number, i: number) => {
    const stretch = from / to;
    const weights = Array.from({ length: from }, (_, j) => cubic((j + 0.5 - (i + 0.5) * stretch) / stretch));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((w) => w / sum);
  };
  let most = 0;
  for (let y = 0; y < 7; y++) {
    for (let x = 0; x < 11; x++) {
      const across = weightsOf(45, 11, x);
      const down = weightsOf(31, 7, y);
      for (let plane = 0; plane < 3; plane++) {
        let sum = 0;
        for (let j = 0; j < 31; j++) {
          for (let i = 0; i < 45; i++) sum += down[j] * across[i] * source.data[(plane * 31 + j) * 45 + i];
        }
        most = Math.max(most, Math.abs(sum - made.data[(plane * 7 + y) * 11 + x]));
      }
    }
  }
  t.ok(most < 1e-6, `${most}`);

  function cubic(x: number): number {
    const d = Math.abs(x);
    if (d <= 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1;
    return d < 2 ? -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2 : 0;
  }
});

t.test('resize: constants stay constant, an equal size is the image itself', async (t) => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      size,
      size,
      size,
      size,
      fc.constantFrom('bicubic', 'bilinear', 'lanczos3'),
      (w, h, tw, th, filter) => {
        const made = resample(constantImage(w, h, 0.3), { width: tw, height: th }, filter, newImage);
        return made.data.length === 3 * tw * th && made.data.every((v) => Math.abs(v - 0.3) < 1e-6);
      },
    ),
  );
  const source = randomImage(13, 9);
  t.equal(resample(source, source, 'bicubic', newImage), source);
});

t.test("resize is near libvips' cubic on a photograph", async (t) => {
  const file = `${root}/datasets/sample/coffee.png`;
  const crop = sharp(file).removeAlpha().extract({ left: 100, top: 60, width: 256, height: 256 });
  const bytes = await crop.raw().toBuffer();
  const source = constantImage(256, 256, 0);
  for (let i = 0; i < 65536 * 3; i++) source.data[(i % 3) * 65536 + Math.floor(i / 3)] = bytes[i] / 255;
  const made = bytesOf(resample(source, { width: 100, height: 100 }, 'bicubic', newImage));
  const vips = await sharp(bytes, { raw: { width: 256, height: 256, channels: 3 } })
    .resize(100, 100, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  t.ok(psnr(made, vips) > 50, `${psnr(made, vips)} dB`);
});

t.test('resize as an operator: sizes, draws, options', async (t) => {
  const ctx = context({ width: 50, height: 38 });
  const info = { id: 'a', width: 50, height: 38, scale: 4 };
  const target = resize.sample(
    createRng('a'),
    resize.options.parse({ to: 'lq', filters: 'bicubic_aa' }),
    info,
  );
  t.same(target, { filter: 'bicubic_aa', to: 'lq' });
  t.match(await resize.apply(randomImage(50, 38), target, ctx), { width: 12, height: 9 });
  const options = resize.options.parse({ range: [0.3, 1.2], filters: ['bilinear_aa', 'lanczos3'] });
  const drawn = Array.from({ length: 400 }, (_, i) => resize.sample(createRng(`${i}`), options, info));
  t.ok(drawn.every((p) => 'factor' in p && p.factor >= 0.3 && p.factor < 1.2));
  t.same(new Set(drawn.map(({ filter }) => filter)), new Set(['bilinear_aa', 'lanczos3']));
  const half = await resize.apply(randomImage(51, 33), { filter: 'bilinear', factor: 0.5, of: 'input' }, ctx);
  t.match(half, { width: 25, height: 16 }, 'floor(n * s)');
  t.match(await resize.apply(randomImage(1, 1), { filter: 'bicubic', factor: 0.2, of: 'input' }, ctx), {
    width: 1,
    height: 1,
  });
  t.match(resize.options.safeParse({}).error?.issues[0].message, /either/);
  t.match(resize.options.safeParse({ range: [2, 1] }).error?.issues[0].message, /backwards: write \[1, 2\]/);
});

t.test('filter2d is that of BasicSR', async (t) => {
  for (const name of [
    'batch3_k21',
    'batch2_small_image_k21',
    'minimum_side_11_k21',
    'shared_k15_asymmetric',
    'shared_k51',
    'shared_k7',
  ]) {
    const kernels = golden(`filter2d_${name}_kernel`);
    const size = kernels.shape[1];
    const expected = golden(`filter2d_${name}_out`);
    for (let index = 0; index < expected.shape[0]; index++) {
      const image = goldenImage(`filter2d_${name}_in`, index);
      const at = kernels.shape[0] === 1 ? 0 : index;
      filter2d(
        image,
        { size, weights: kernels.data.slice(at * size * size, (at + 1) * size * size) },
        newImage,
      );
      const difference = maxDifference(image.data, goldenImage(`filter2d_${name}_out`, index).data);
      t.ok(difference < 1e-5, `${name} ${index}: ${difference}`);
    }
  }
});

t.test('separable passes agree with the whole kernel, also on tiny images', async (t) => {
  for (const [width, height] of [
    [37, 22],
    [1, 1],
    [1, 9],
    [6, 2],
  ]) {
    for (const sigma of [0, 0.3, 1.7, 6]) {
      const whole = randomImage(width, height);
      const passes = copy(whole);
      filter2d(whole, kernelOf(roundWeights('gaussian', 21, sigma)), newImage);
      filterSeparable(passes, gaussianRow(21, sigma), newImage);
      t.ok(maxDifference(whole.data, passes.data) < 1e-6, `${width}x${height} sigma ${sigma}`);
    }
  }
  const image = randomImage(8, 8);
  const before = image.data.slice();
  filterSeparable(image, gaussianRow(7, 0), newImage);
  t.same(image.data, before, 'sigma 0 changes nothing');
  t.same(
    [-3, -1, 0, 4, 5, 9].map((i) => reflected(i, 5)),
    [3, 1, 0, 4, 3, 1],
  );
});

t.test('bytes: half to even, clamped, as torch', async (t) => {
  const values = golden('round_in').data;
  const width = values.length;
  const bytes = bytesOf({ width, height: 1, data: Float32Array.of(...values, ...values, ...values) });
  const expected = Uint8Array.from(golden('round_out').data, (v) => Math.round(v * 255));
  t.same(
    bytes.filter((_, i) => i % 3 === 0),
    expected,
  );
});

t.test('every operator: parameters survive JSON and give the same bytes', async (t) => {
  const options: Record<string, unknown> = {
    blur: { kernels: { iso: 1, aniso: 1 }, size: [1, 9] },
    gaussian_noise: { gray_prob: 0.5 },
    jpeg: { quality: [1, 100] },
    resize: { range: [0.3, 2], filters: ['bilinear', 'area', 'bicubic', 'lanczos3'] },
  };
  for (const [name, operator] of degradations) {
    const parsed = await operator.options['~standard'].validate(options[name] ?? {});
    if (parsed.issues) throw new Error(parsed.issues[0].message);
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 1, max: 19 }),
        async (seed, width, height) => {
          const info = { id: 'a', width, height, scale: 2 };
          const params = operator.sample(createRng(seed), parsed.value, info);
          const revived = JSON.parse(JSON.stringify(params));
          const ctx = context(info, 2);
          const first = await operator.apply(randomImage(width, height), params, ctx);
          const again = await operator.apply(randomImage(width, height), revived, ctx);
          t.same(revived, params);
          t.match(first, operator.size?.(params, { width, height }, ctx) ?? { width, height });
          t.ok(first.data.every(Number.isFinite) && maxDifference(first.data, again.data) === 0);
        },
      ),
      { numRuns: 20 },
    );
  }
});
