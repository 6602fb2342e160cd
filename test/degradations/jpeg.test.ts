import { readdirSync } from 'node:fs';
import sharp from 'sharp';
import t from 'tap';
import { floatToBytes } from '../../src/degradations/convert.js';
import type { FloatImage } from '../../src/degradations/define.js';
import { jpeg } from '../../src/degradations/jpeg/index.js';
import { createRng } from '../../src/random/rng.js';
import { fixture, root } from '../root.js';
import { constantImage, context, golden, goldenImage, maxDifference, randomImage } from './images.js';

const info = { id: '', width: 64, height: 64, scale: 4 };
const bytesOf = (image: FloatImage) => {
  const bytes = new Uint8Array(image.data.length);
  floatToBytes(image, { x: 0, y: 0, width: image.width, height: image.height }, bytes);
  return bytes;
};
const model = (image: FloatImage, quality: number) =>
  jpeg.apply(image, { form: 'model', quality }, context(image));

t.test('model is DiffJPEG', async (t) => {
  const files = readdirSync(fixture('degradations', 'diffjpeg'));
  const cases = files.flatMap((file) => {
    const [, picture, quality] = /^(mult16|odd|small)_q([\d.]+)\.npy$/.exec(file) ?? [];
    return picture ? [{ picture, quality: Number(quality) }] : [];
  });
  t.equal(cases.length, 24);
  for (const { picture, quality } of cases) {
    const made = await model(goldenImage(`jpeg_${picture}_in`), quality);
    const difference = maxDifference(made.data, golden(`diffjpeg/${picture}_q${quality}`).data);
    t.ok(difference < 1e-6, `${picture} ${quality}: ${difference}`);
  }
  for (const [index, quality] of [30, 61.4, 95].entries()) {
    const made = await model(goldenImage('diffjpeg/batch_in', index), quality);
    const difference = maxDifference(made.data, goldenImage('diffjpeg/batch_out', index).data);
    t.ok(difference < 1e-5, `batch ${index}: ${difference}`);
  }
});

t.test('model: quality 1 and 100, any size, values beyond [0, 1]', async (t) => {
  for (const [width, height] of [
    [1, 1],
    [3, 17],
    [16, 16],
    [33, 5],
  ]) {
    for (const quality of [1, 49.9, 99.99, 100]) {
      const image = randomImage(width, height);
      for (let i = 0; i < image.data.length; i++) image.data[i] = 3 * image.data[i] - 1;
      const made = await model(image, quality);
      t.match(made, { width, height });
      t.ok(
        made.data.every((v) => v >= 0 && v <= 1),
        `${width}x${height} at ${quality}`,
      );
    }
  }
  const gray = randomImage(48, 32);
  gray.data.copyWithin(48 * 32, 0, 48 * 32).copyWithin(2 * 48 * 32, 0, 48 * 32);
  const made = await model({ ...gray, data: gray.data.slice() }, 100);
  t.ok(maxDifference(made.data, gray.data) < 1e-6, 'quality 100 leaves gray as it is');
  const padded = await model(constantImage(20, 20, 1), 30);
  t.ok(padded.data[19 * 20 + 19] < 0.99, 'black padding darkens the last blocks');
});

const codec = (image: FloatImage, quality: number, subsampling: '4:4:4' | '4:2:2' | '4:2:0') =>
  jpeg.apply(image, { form: 'codec', quality, subsampling }, context(image));

t.test('codec is libjpeg, bit for bit: files of OpenCV and Pillow', async (t) => {
  for (const name of ['mult16', 'odd', 'small']) {
    for (const quality of [10, 30, 50, 75, 95]) {
      const made = await codec(goldenImage(`jpeg_${name}_in`), quality, '4:2:0');
      const known = [50, 75].includes(quality)
        ? `diffjpeg/${name}_q${quality}_cv2`
        : `jpeg_${name}_q${quality}_cv2`;
      t.equal(maxDifference(bytesOf(made), golden(known).data), 0, `${name} ${quality}`);
    }
  }
  for (const name of ['mult16', 'odd']) {
    for (const quality of [30, 90]) {
      for (const subsampling of ['4:2:2', '4:4:4'] as const) {
        const made = await codec(goldenImage(`jpeg_${name}_in`), quality, subsampling);
        const known = `diffjpeg/${name}_q${quality}_${subsampling.replaceAll(':', '')}_libjpeg`;
        t.equal(maxDifference(bytesOf(made), golden(known).data), 0, `${name} ${quality} ${subsampling}`);
      }
    }
  }
});

t.test('codec is what sharp gives, for any size and quality', async (t) => {
  const photo = sharp(`${root}/datasets/sample/coffee.png`).removeAlpha();
  for (const [width, height] of [
    [1, 1],
    [2, 3],
    [5, 4],
    [8, 8],
    [17, 5],
    [9, 33],
    [100, 75],
    [131, 77],
  ]) {
    const raw = await photo.clone().extract({ left: 120, top: 90, width, height }).raw().toBuffer();
    const planar = Float32Array.from({ length: raw.length }, (_, i) => {
      const plane = width * height;
      return raw[(i % plane) * 3 + Math.floor(i / plane)] / 255;
    });
    const noise = randomImage(width, height);
    for (const quality of [1, 7, 30, 60, 95, 100]) {
      for (const chromaSubsampling of ['4:4:4', '4:2:0'] as const) {
        for (const data of [planar, noise.data]) {
          const image = { width, height, data: data.slice() };
          const file = await sharp(bytesOf(image), { raw: { width, height, channels: 3 } })
            .jpeg({ quality, chromaSubsampling, optimiseCoding: false })
            .toBuffer();
          const expected = await sharp(file).raw().toBuffer();
          const made = await codec(image, quality, chromaSubsampling);
          const name = `${width}x${height} ${quality} ${chromaSubsampling}`;
          t.equal(maxDifference(bytesOf(made), expected), 0, name);
        }
      }
    }
  }
});

t.test('draws', async (t) => {
  const draw = (given: unknown, n = 3000) => {
    const options = jpeg.options.parse(given);
    return Array.from({ length: n }, (_, i) => jpeg.sample(createRng(`${i}`), options, info));
  };
  t.same([...new Set(draw({ quality: [30, 32] }).map(({ quality }) => quality))].sort(), [30, 31, 32]);
  const real = draw({ quality: [30, 95], form: 'model' }).map(({ quality }) => quality);
  t.ok(real.every((q) => q >= 30 && q < 95 && q % 1 !== 0));
  t.ok(Math.abs(real.reduce((a, b) => a + b) / 3000 - 62.5) < 1.4);
  const sharpened = draw({ subsampling: { '4:4:4': 1, '4:2:0': 3 } });
  const share = sharpened.filter((p) => p.form === 'codec' && p.subsampling === '4:4:4').length / 3000;
  t.ok(Math.abs(share - 0.25) < 0.032, `${share}`);
  for (const [given, why] of [
    [{ quality: [95, 30] }, /backwards/],
    [{ quality: 0 }, /./],
    [{ quality: 101 }, /./],
    [{ quality: [30.2, 30.8] }, /no whole number/],
    [{ subsampling: '4:1:0' }, /./],
    [{ subsampling: { '4:2:0': 0 } }, /weight 0/],
  ] as const) {
    t.match(jpeg.options.safeParse(given).error?.issues[0].message, why);
  }
});
