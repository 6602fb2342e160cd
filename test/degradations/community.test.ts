import sharp from 'sharp';
import t from 'tap';
import { chromaSubsampling } from '../../src/degradations/chroma_subsampling/index.js';
import { color } from '../../src/degradations/color/index.js';
import { floatToBytes } from '../../src/degradations/convert.js';
import type { Degradation, FloatImage, Json } from '../../src/degradations/define.js';
import { bayerMatrix } from '../../src/degradations/dither/bayer.js';
import { diffusions } from '../../src/degradations/dither/diffusion.js';
import { dither } from '../../src/degradations/dither/index.js';
import { degradations } from '../../src/degradations/index.js';
import { medianCut } from '../../src/degradations/palette.js';
import { pixelate } from '../../src/degradations/pixelate/index.js';
import { quantize } from '../../src/degradations/quantize/index.js';
import { saltAndPepper } from '../../src/degradations/salt_and_pepper/index.js';
import { scanline } from '../../src/degradations/scanline/index.js';
import { screentone } from '../../src/degradations/screentone/index.js';
import { shift } from '../../src/degradations/shift/index.js';
import { speckleNoise } from '../../src/degradations/speckle_noise/index.js';
import { uniformNoise } from '../../src/degradations/uniform_noise/index.js';
import { webp } from '../../src/degradations/webp/index.js';
import { createRng } from '../../src/random/rng.js';
import { constantImage, context, maxDifference, randomImage } from './images.js';

const info = { id: 'a', width: 64, height: 64, scale: 4 };
const ctx = context(info);
const copy = (image: FloatImage): FloatImage => ({ ...image, data: image.data.slice() });
const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
const plane = ({ width, height, data }: FloatImage, c: number) =>
  data.subarray(c * width * height, (c + 1) * width * height);
const lumaOf = (image: FloatImage, i: number) =>
  0.299 * plane(image, 0)[i] + 0.587 * plane(image, 1)[i] + 0.114 * plane(image, 2)[i];
const colours = (image: FloatImage) => {
  const size = image.width * image.height;
  const [r, g, b] = [0, 1, 2].map((c) => plane(image, c));
  return new Set(Array.from({ length: size }, (_, i) => `${r[i]} ${g[i]} ${b[i]}`));
};

t.test('webp is libwebp at that quality', async (t) => {
  for (const [width, height] of [
    [1, 1],
    [33, 18],
  ]) {
    for (const quality of [1, 60, 100]) {
      const image = randomImage(width, height);
      const bytes = new Uint8Array(3 * width * height);
      floatToBytes(image, { x: 0, y: 0, width, height }, bytes);
      const file = await sharp(bytes, { raw: { width, height, channels: 3 } })
        .webp({ quality })
        .toBuffer();
      const expected = await sharp(file).removeAlpha().raw().toBuffer();
      const made = await webp.apply(image, { quality }, ctx);
      floatToBytes(made, { x: 0, y: 0, width, height }, bytes);
      t.equal(maxDifference(bytes, expected), 0, `${width}x${height} ${quality}`);
    }
  }
});

t.test('speckle and uniform noise: strength, channels, brightness', async (t) => {
  const n = 400;
  const deviation = (image: FloatImage, c: number, around: number) =>
    Math.sqrt(plane(image, c).reduce((sum, v) => sum + (v - around) ** 2, 0) / (n * n));
  for (const gray of [false, true]) {
    for (const value of [0.2, 0.6]) {
      const speckled = await speckleNoise.apply(
        constantImage(n, n, value),
        { sigma: 20, gray, seed: 'a' },
        ctx,
      );
      const expected = (20 / 255) * value;
      t.ok(Math.abs(deviation(speckled, 1, value) / expected - 1) < 0.01, `speckle at ${value}`);
      t.equal(maxDifference(plane(speckled, 0), plane(speckled, 2)) < 1e-6, gray);
    }
    const made = await uniformNoise.apply(constantImage(n, n, 0.5), { amplitude: 30, gray, seed: 'a' }, ctx);
    t.ok(Math.abs(deviation(made, 1, 0.5) / (30 / 255 / Math.sqrt(3)) - 1) < 0.01);
    t.ok(made.data.every((v) => Math.abs(v - 0.5) <= 30 / 255 + 1e-6));
    t.equal(maxDifference(plane(made, 0), plane(made, 2)) < 1e-6, gray);
  }
  t.same(
    (await speckleNoise.apply(constantImage(4, 4, 0), { sigma: 50, gray: false, seed: 'a' }, ctx)).data,
    new Float32Array(48),
    'black stays black',
  );
});

t.test('salt and pepper: shares', async (t) => {
  const n = 300;
  for (const gray of [false, true]) {
    const params = { amount: 0.1, salt: 0.3, gray, seed: 'a' };
    const made = await saltAndPepper.apply(constantImage(n, n, 0.5), params, ctx);
    const share = (value: number) => plane(made, 1).filter((v) => v === value).length / (n * n);
    t.ok(Math.abs(share(1) - 0.03) < 0.003 && Math.abs(share(0) - 0.07) < 0.004);
    t.ok(Math.abs(share(0.5) - 0.9) < 0.005);
    t.equal(maxDifference(plane(made, 0), plane(made, 2)) === 0, gray);
  }
  for (const [amount, salt, value] of [
    [0, 1, 0.5],
    [1, 1, 1],
    [1, 0, 0],
  ]) {
    const made = await saltAndPepper.apply(
      constantImage(3, 3, 0.5),
      { amount, salt, gray: true, seed: 'a' },
      ctx,
    );
    t.ok(made.data.every((v) => v === value));
  }
});

t.test('chroma_subsampling against blocks of means', async (t) => {
  const source = randomImage(14, 9);
  const expected = copy(source);
  for (let y = 0; y < 9; y++) {
    for (let x = 0; x < 14; x++) {
      // The ninth row is a block of its own: with 5 for 9 rows the box filter weighs by what it covers.
      if (y >= 8) continue;
      const block = [0, 1].flatMap((dy) => [0, 1].map((dx) => ((y & ~1) + dy) * 14 + (x & ~1) + dx));
      const chroma = (c: number) =>
        block.reduce((sum, i) => sum + plane(source, c)[i] - lumaOf(source, i), 0) / 4;
      const luma = lumaOf(source, y * 14 + x);
      const [red, blue] = [luma + chroma(0), luma + chroma(2)];
      const green = (luma - 0.299 * red - 0.114 * blue) / 0.587;
      [red, green, blue].forEach((v, c) => {
        plane(expected, c)[y * 14 + x] = Math.min(1, Math.max(0, v));
      });
    }
  }
  const even = (image: FloatImage): FloatImage => {
    const data = Float32Array.from([0, 1, 2].flatMap((c) => [...plane(image, c).subarray(0, 14 * 8)]));
    return { width: 14, height: 8, data };
  };
  const params = { subsampling: '4:2:0', down: 'box', up: 'nearest', matrix: 'bt601' } as const;
  const made = await chromaSubsampling.apply(even(source), params, ctx);
  t.ok(maxDifference(made.data, even(expected).data) < 1e-6);
  for (const matrix of ['bt601', 'bt709', 'bt2020'] as const) {
    const full = await chromaSubsampling.apply(
      copy(source),
      { ...params, subsampling: '4:4:4', matrix },
      ctx,
    );
    t.ok(maxDifference(full.data, source.data) < 1e-6, `${matrix} there and back`);
  }
  const gray = constantImage(5, 3, 0.4);
  for (const subsampling of ['4:4:0', '4:2:2', '4:1:1', '4:1:0'] as const) {
    const kept = await chromaSubsampling.apply(copy(gray), { ...params, subsampling, up: 'bicubic' }, ctx);
    t.ok(maxDifference(kept.data, gray.data) < 1e-6, `${subsampling}: gray stays gray`);
  }
  const rows = randomImage(8, 8);
  rows.data.set(rows.data.map((_, i) => 0.3 + 0.4 * rows.data[i - (i % 8)]));
  const across = await chromaSubsampling.apply(copy(rows), { ...params, subsampling: '4:2:2' }, ctx);
  t.ok(maxDifference(across.data, rows.data) < 1e-6, '4:2:2 leaves rows apart');
  const both = await chromaSubsampling.apply(copy(rows), params, ctx);
  t.ok(maxDifference(both.data, rows.data) > 0.02, '4:2:0 does not');
});

t.test('color against powers', async (t) => {
  const source = randomImage(31, 17);
  for (const [low, high, gamma, saturation] of [
    [0, 255, 1, 1],
    [10, 240, 0.5, 1],
    [5, 250, 2.2, 0.3],
    [0, 255, 0.9, 1.6],
  ]) {
    const made = await color.apply(copy(source), { low, high, gamma, saturation }, ctx);
    const expected = source.data.map((v, i) => {
      const luma = lumaOf(source, i % (31 * 17));
      const level = Math.min(1, Math.max(0, luma + saturation * (v - luma)));
      return (low + (high - low) * level ** gamma) / 255;
    });
    t.ok(maxDifference(made.data, expected) < 1e-5, `${low} ${high} ${gamma} ${saturation}`);
  }
  const gray = await color.apply(copy(source), { low: 0, high: 255, gamma: 1, saturation: 0 }, ctx);
  t.ok(maxDifference(plane(gray, 0), plane(gray, 2)) < 1e-6);
  t.match(color.options.safeParse({ low: [0, 200], high: [100, 255] }).error?.issues[0].message, /below/);
});

t.test('shift by whole and parts of pixels', async (t) => {
  const source = randomImage(9, 7);
  const offsets = [
    [2, -1],
    [0, 0],
    [-20, 3],
  ] as const;
  const made = await shift.apply(
    copy(source),
    { space: 'rgb', offsets: [offsets[0], offsets[1], offsets[2]] },
    ctx,
  );
  const within = (v: number, n: number) => Math.min(n - 1, Math.max(0, v));
  const expected = source.data.map((_, i) => {
    const [c, y, x] = [Math.floor(i / 63), Math.floor((i % 63) / 9), i % 9];
    return plane(source, c)[within(y - offsets[c][1], 7) * 9 + within(x - offsets[c][0], 9)];
  });
  t.same(made.data, expected);
  const ramp = constantImage(9, 9, 0);
  ramp.data.forEach((_, i) => {
    ramp.data[i] = 0.05 * (i % 9) + 0.01 * (Math.floor(i / 9) % 9);
  });
  const part = await shift.apply(
    copy(ramp),
    {
      space: 'rgb',
      offsets: [
        [0.25, 0],
        [-0.5, 0.75],
        [0, 0],
      ],
    },
    ctx,
  );
  t.ok(Math.abs(plane(part, 0)[40] - (ramp.data[40] - 0.25 * 0.05)) < 1e-6);
  t.ok(Math.abs(plane(part, 1)[40] - (ramp.data[40] + 0.5 * 0.05 - 0.75 * 0.01)) < 1e-6);
  const soft = randomImage(8, 8);
  for (let i = 0; i < 192; i++) soft.data[i] = 0.4 + 0.2 * soft.data[i];
  const options = shift.options.parse({ amount: [-3, 3], space: 'yuv' });
  const params = shift.sample(createRng('a'), options, info);
  const colour = await shift.apply(copy(soft), params, ctx);
  t.ok(
    colour.data.every((_, i) => Math.abs(lumaOf(colour, i % 64) - lumaOf(soft, i % 64)) < 1e-6),
    'luma stays',
  );
  t.ok(maxDifference(colour.data, soft.data) > 0.01);
  const whole = shift.options.parse({ amount: [-2.5, 1.5], whole: true });
  const drawn = Array.from({ length: 200 }, (_, i) =>
    shift.sample(createRng(`${i}`), whole, info).offsets.flat(),
  );
  t.same(
    [...new Set(drawn.flat())].sort((a, b) => a - b),
    [-2, -1, 0, 1],
  );
  t.match(shift.options.safeParse({ amount: [0.2, 0.8], whole: true }).error?.issues[0].message, /no whole/);
});

t.test('dither: Floyd and Steinberg term by term', async (t) => {
  const source = randomImage(11, 6);
  const made = await dither.apply(copy(source), { type: 'floyd_steinberg', map_size: 4, levels: 3 }, ctx);
  for (let c = 0; c < 3; c++) {
    const rows = Array.from({ length: 6 }, (_, y) => [...plane(source, c).subarray(y * 11, y * 11 + 11)]);
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 11; x++) {
        const level = Math.min(1, Math.max(0, Math.round(rows[y][x] * 2) / 2));
        const error = rows[y][x] - level;
        t.equal(plane(made, c)[y * 11 + x], level);
        if (x < 10) rows[y][x + 1] += (error * 7) / 16;
        if (y === 5) continue;
        if (x > 0) rows[y + 1][x - 1] += (error * 3) / 16;
        rows[y + 1][x] += (error * 5) / 16;
        if (x < 10) rows[y + 1][x + 1] += error / 16;
      }
    }
  }
});

t.test('dither: levels, means, palettes', async (t) => {
  for (const type of [...(Object.keys(diffusions) as (keyof typeof diffusions)[]), 'bayer'] as const) {
    for (const value of [0.3, 0.5, 0.8]) {
      const made = await dither.apply(constantImage(64, 64, value), { type, map_size: 16, levels: 2 }, ctx);
      t.ok(made.data.every((v) => v === 0 || v === 1));
      // Atkinson drops a quarter of the error: contrast grows.
      const most = type === 'atkinson' ? 0.15 : 0.02;
      t.ok(Math.abs(mean(made.data) - value) < most, `${type} ${value}: ${mean(made.data)}`);
    }
    const image = randomImage(24, 24);
    const few = await dither.apply(copy(image), { type, map_size: 4, colors: 6 }, ctx);
    t.ok(colours(few).size <= 6, type);
    if (type === 'bayer') continue;
    const { of, shares } = diffusions[type];
    const total = shares.reduce((sum, [, , part]) => sum + part, 0) / of;
    t.equal(total, type === 'atkinson' ? 0.75 : 1, `${type}: shares`);
  }
  t.same([...bayerMatrix(4)], [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]);
  t.same(
    [...bayerMatrix(16)].sort((a, b) => a - b),
    Array.from({ length: 256 }, (_, i) => i),
  );
  t.match(dither.options.safeParse({ levels: 2, colors: 4 }).error?.issues[0].message, /either/);
  t.ok(dither.options.safeParse({ type: ['bayer', 'stucki'], map_size: 8, levels: [2, 4] }).success);
  t.notOk(dither.options.safeParse({ map_size: 3 }).success);
});

t.test('quantize to levels and to a palette', async (t) => {
  const source = randomImage(20, 15);
  for (const levels of [2, 5, 256]) {
    const made = await quantize.apply(copy(source), { levels }, ctx);
    const expected = source.data.map((v) => Math.round(v * (levels - 1)) / (levels - 1));
    t.ok(maxDifference(made.data, expected) < 1e-6, `${levels} levels`);
  }
  const four = constantImage(8, 8, 0.1);
  four.data.forEach((_, i) => {
    if (i % 64 < 32) four.data[i] = i < 64 ? 0.9 : 0.4;
    if (i % 2) four.data[i] = 0.7;
  });
  const kinds = colours(four).size;
  const kept = await quantize.apply(copy(four), { colors: 8 }, ctx);
  t.ok(maxDifference(kept.data, four.data) < 1e-6, `${kinds} colours fit into a palette of 8`);
  const errors = [];
  for (const colors of [2, 8, 64]) {
    const made = await quantize.apply(copy(source), { colors }, ctx);
    t.ok(
      colours(made).size <= colors && colours(made).size > colors / 2,
      `${colours(made).size} of ${colors}`,
    );
    errors.push(made.data.reduce((sum, v, i) => sum + (v - source.data[i]) ** 2, 0));
  }
  t.ok(errors[0] > errors[1] && errors[1] > errors[2], 'more colours, less error');
  t.equal(medianCut(constantImage(3, 3, 0.5).data, 5).length, 3, 'one colour needs one');
});

t.test('pixelate: means of blocks', async (t) => {
  const source = randomImage(11, 7);
  for (const size of [1, 3, 50]) {
    const made = await pixelate.apply(copy(source), { size }, ctx);
    const expected = source.data.map((_, i) => {
      const [c, y, x] = [Math.floor(i / 77), Math.floor((i % 77) / 11), i % 11];
      const same = [...Array(77).keys()].filter(
        (j) =>
          Math.floor(Math.floor(j / 11) / size) === Math.floor(y / size) &&
          Math.floor((j % 11) / size) === Math.floor(x / size),
      );
      return same.reduce((sum, j) => sum + plane(source, c)[j], 0) / same.length;
    });
    t.ok(maxDifference(made.data, expected) < 1e-6, `${size}`);
  }
});

t.test('screentone: black and white in the share of the tone', async (t) => {
  for (const dot of ['circle', 'diamond', 'square', 'line', 'cross'] as const) {
    for (const value of [0, 0.25, 0.7, 1]) {
      for (const color of ['gray', 'rgb'] as const) {
        const made = await screentone.apply(
          constantImage(128, 128, value),
          { dot, dot_size: 7.3, angle: 31, color },
          ctx,
        );
        t.ok(made.data.every((v) => v === 0 || v === 1));
        t.ok(Math.abs(mean(made.data) - value) < 0.02, `${dot} ${value} ${color}: ${mean(made.data)}`);
      }
    }
  }
  const params = { dot: 'circle', dot_size: 6, angle: 15, color: 'cmyk' } as const;
  const red = constantImage(96, 96, 0);
  plane(red, 0).fill(1);
  t.same((await screentone.apply(copy(red), params, ctx)).data, red.data, 'pure red needs no black');
  const gray = await screentone.apply(constantImage(96, 96, 0.6), params, ctx);
  t.ok(maxDifference(plane(gray, 0), plane(gray, 2)) === 0, 'gray is printed with black only');
  t.ok(Math.abs(mean(gray.data) - 0.6) < 0.02);
});

t.test('scanline: rows or columns get darker', async (t) => {
  const given = { period: 4, width: 0.5, strength: 0.3, phase: 0 };
  const lines = await scanline.apply(
    constantImage(3, 8, 1),
    { pattern: 'line', vertical: false, ...given },
    ctx,
  );
  t.same(
    [0, 1, 2, 3, 4].map((y) => Math.round(lines.data[3 * y] * 100)),
    [70, 70, 100, 100, 70],
  );
  const columns = await scanline.apply(
    constantImage(8, 2, 1),
    { pattern: 'line', vertical: true, ...given },
    ctx,
  );
  t.same(
    [0, 1, 2, 3, 4].map((x) => Math.round(columns.data[x] * 100)),
    [70, 70, 100, 100, 70],
  );
  const wave = await scanline.apply(
    constantImage(1, 4, 1),
    { pattern: 'sin', vertical: false, ...given },
    ctx,
  );
  t.ok(maxDifference(wave.data.subarray(0, 4), [0.85, 0.7, 0.85, 1]) < 1e-6);
});

t.test('ranges given backwards are errors everywhere; options once parsed are options', async (t) => {
  const all: [Degradation, Record<string, [number, number]>][] = [
    [webp, { quality: [90, 30] }],
    [speckleNoise, { sigma: [3, 1] }],
    [uniformNoise, { amplitude: [3, 1] }],
    [saltAndPepper, { amount: [0.3, 0.1] }],
    [color, { gamma: [1.2, 1] }],
    [shift, { amount: [2, -2] }],
    [dither, { levels: [4, 2] }],
    [quantize, { colors: [4, 2] }],
    [pixelate, { size: [4, 2] }],
    [screentone, { dot_size: [8, 4] }],
    [scanline, { period: [8, 4] }],
  ] as unknown as [Degradation, Record<string, [number, number]>][];
  for (const [{ name, options, sample }, given] of all) {
    const issues = (await options['~standard'].validate(given)).issues;
    t.match(issues?.[0].message, /backwards/, name);
    t.ok((await options['~standard'].validate({ nonesuch: 1 })).issues, name);
    const parsed = await options['~standard'].validate({});
    if (parsed.issues) throw new Error(name);
    const again = await options['~standard'].validate(JSON.parse(JSON.stringify(parsed.value)));
    t.same(again, parsed, name);
    const params: Json = sample(createRng('a'), parsed.value, info);
    t.same(JSON.parse(JSON.stringify(params)), params, name);
  }
});

t.test('any size, values beyond [0, 1], extreme options: finite, of the same size', async (t) => {
  const cases: [string, unknown][] = [
    ['webp', { quality: 1 }],
    ['jpeg', { quality: 100 }],
    ['jpeg', { quality: 1, subsampling: '4:2:2' }],
    ['jpeg', { quality: 100, form: 'model' }],
    ['gaussian_noise', { sigma: 255 }],
    ['poisson_noise', { scale: 100, gray_prob: 1 }],
    ['speckle_noise', { sigma: 255 }],
    ['uniform_noise', { amplitude: 255 }],
    ['salt_and_pepper', { amount: 1 }],
    ['chroma_subsampling', { subsampling: '4:1:0', down: 'lanczos3', up: 'bicubic', matrix: 'bt2020' }],
    ['color', { low: 100, high: 100, gamma: 10, saturation: 4 }],
    ['color', { gamma: 0.1 }],
    ['shift', { amount: 64 }],
    ['shift', { amount: -64, space: 'yuv' }],
    ['dither', { type: 'stucki', levels: 2 }],
    ['dither', { type: 'sierra', colors: 256 }],
    ['dither', { type: 'bayer', map_size: 16, colors: 2 }],
    ['pixelate', { size: 256 }],
    ['quantize', { levels: 2 }],
    ['quantize', { colors: 2 }],
    ['screentone', { dot_size: 2, color: 'cmyk' }],
    ['screentone', { dot_size: 64, color: 'rgb', dot: 'cross' }],
    ['scanline', { pattern: 'sin', period: 2, strength: 1, vertical_prob: 1 }],
  ];
  for (const [name, given] of cases) {
    const operator = degradations.get(name);
    const parsed = await operator?.options['~standard'].validate(given);
    if (!operator || !parsed || parsed.issues) throw new Error(`${name} ${JSON.stringify(parsed)}`);
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [1, 40],
      [17, 5],
    ]) {
      const params = operator.sample(createRng('a'), parsed.value, { ...info, width, height });
      const image = randomImage(width, height);
      image.data.set(image.data.map((v) => 3 * v - 1));
      const made = await operator.apply(image, params, context({ width, height }));
      t.match(made, { width, height });
      t.ok(made.data.every(Number.isFinite), `${name} ${JSON.stringify(given)} ${width}x${height}`);
    }
  }
});

t.test('what lies beyond the reach has no influence', async (t) => {
  const cases: [string, unknown][] = [
    ['shift', { amount: [-3, 3] }],
    ['chroma_subsampling', { subsampling: '4:1:0', down: 'lanczos3', up: 'bicubic' }],
    ['pixelate', { size: 7 }],
    ['screentone', {}],
    ['dither', { type: 'bayer' }],
  ];
  for (const [name, given] of cases) {
    const operator = degradations.get(name);
    const parsed = await operator?.options['~standard'].validate(given);
    if (!operator || !parsed || parsed.issues) throw new Error(name);
    for (let n = 0; n < 20; n++) {
      const params = operator.sample(createRng(`${n}`), parsed.value, info);
      const source = randomImage(64, 64);
      const other = copy(source);
      for (const c of [0, 1, 2]) plane(other, c)[32 * 64 + 20 + n] = 0.5;
      const reach = operator.reach?.(params, source, ctx) ?? Number.NaN;
      const before = await operator.apply(source, params, ctx);
      const after = await operator.apply(other, params, ctx);
      const far = [...before.data.keys()].filter((i) => {
        const [y, x] = [Math.floor((i % 4096) / 64), i % 64];
        return Math.max(Math.abs(y - 32), Math.abs(x - 20 - n)) > reach;
      });
      t.ok(
        far.length > 0 && far.every((i) => Math.abs(before.data[i] - after.data[i]) < 1e-7),
        `${name} ${reach}`,
      );
    }
  }
});
