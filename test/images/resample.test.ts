import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { isTemporaryName, temporaryName, writeFileAtomic } from '../../src/formats/atomic.js';
import { encode, formatForExtension } from '../../src/images/encode.js';
import type { Pixels } from '../../src/images/pixels.js';
import { reflect, reflectPad } from '../../src/images/reflect.js';
import { resample } from '../../src/images/resample/resample.js';
import { clone, copyInto, pack, view } from '../../src/images/view.js';
import { resampleScalar } from '../../src/simd/index.js';
import { cut } from '../../src/stages/crop/cut.js';
import { cropName } from '../../src/stages/crop/names.js';
import { windows } from '../../src/stages/crop/windows.js';
import { MultiscaleOptions } from '../../src/stages/multiscale/options.js';
import { scaleName, scaleSizes } from '../../src/stages/multiscale/sizes.js';
import fc from '../properties.js';
import { fixture } from '../root.js';
import { difference, hash, json, read } from './pictures.js';

interface Picture {
  readonly name: string;
  readonly w: number;
  readonly h: number;
  readonly sha256: string;
}
interface Manifest {
  readonly folders: Record<
    'DF2K_HR' | 'DF2K_multiscale' | 'DF2K_HR_sub' | 'DF2K_multiscale_sub',
    (Picture & { readonly x: number; readonly y: number; readonly parent: string })[]
  >;
}

const { folders } = json<Manifest>(fixture('subimages', 'manifest.json'));
const tolerance = new Map(
  json<{ images: { name: string; lanczos3: { psnr_db: number } }[] }>(
    fixture('subimages', 'resize_tolerance.json'),
  ).images.map((image) => [image.name, image.lanczos3.psnr_db]),
);

t.test('the sub-images of the original: names, order, windows and pixels', async (t) => {
  const options = MultiscaleOptions.parse({});
  const scaled: Picture[] = [];
  const crops = { HR: [] as object[], copies: [] as object[] };
  for (const { name, sha256 } of folders.DF2K_HR) {
    const hr = await read(fixture('subimages', 'HR', name));
    t.equal(hash(hr), sha256, name);
    for (const scale of scaleSizes(hr.width, hr.height, options).scales) {
      const image = await resample(hr, scale.width, scale.height, 'pillow');
      const file = scaleName(name, scale.tag);
      if (scale.tag !== 'HR') {
        scaled.push({ name: file, w: image.width, h: image.height, sha256: hash(image) });
        const fast = await resample(hr, scale.width, scale.height, 'vips');
        const { psnr, mean } = difference(fast, image);
        t.ok(psnr >= 53 && mean <= 0.3, `${file}: libvips is near enough (${psnr} dB, ${mean})`);
        t.ok(Math.abs(psnr - (tolerance.get(file) ?? 0)) <= 1, `${file}: as near as recorded`);
      }
      for (const w of windows(scale, { size: 400, step: 200, threshold: 0 }))
        crops[scale.tag === 'HR' ? 'HR' : 'copies'].push({
          name: cropName(file, w.index),
          w: w.width,
          h: w.height,
          sha256: hash(cut(image, w)),
          parent: file,
          x: w.x,
          y: w.y,
        });
    }
  }
  t.same(scaled, folders.DF2K_multiscale, 'every copy, bit for bit');
  t.equal(folders.DF2K_HR_sub.length, 60);
  t.same(crops.HR, folders.DF2K_HR_sub, 'every crop of HR');
  t.same(crops.copies, folders.DF2K_multiscale_sub, 'every crop of the copies');
});

/** An image whose values are all different from their neighbours'. */
function ramp(width: number, height: number, channels: 3 | 4 = 3): Pixels {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37 + (i >> 3)) & 255);
  return { data, width, height, channels, stride: width * channels };
}

t.test('resampling works on views, keeps flat areas flat and alpha apart', async (t) => {
  const part = view(ramp(40, 30), 5, 3, 21, 17);
  for (const resampler of ['pillow', 'vips'] as const)
    t.same(
      (await resample(part, 9, 11, resampler)).data,
      (await resample(clone(part), 9, 11, resampler)).data,
      resampler,
    );
  t.equal(await resample(part, 21, 17, 'vips'), part, 'the same size costs nothing');
  const flat: Pixels = { ...ramp(31, 23), data: new Uint8Array(31 * 23 * 3).fill(201) };
  t.ok(resampleScalar(flat, 17, 40, 'pillow').data.every((v) => v === 201));
  t.same(resampleScalar(ramp(8, 8), 8, 8, 'pillow').data, ramp(8, 8).data);
  // Results of Pillow 12.3.0 for the same picture.
  const hashes = {
    '9x11': 'ce6a9ed810783b4b84048572f9c6e107de0dd17d90cc9d0090d766b969d583fd',
    '17x30': '53aa9b0ec85d2b882f29bfe922221157cd17c0dcff8b83ecc1a9339f889057a5',
    '40x50': '030b49cda897cdf109077d082874c72cf8e138c175001915ab7de0f23e8e474e',
    '63x7': 'd6909adb443cf9e97b4ee2a1d3bb5f55f7dccad4fa0b804674e685efc64c71d6',
  };
  for (const [size, expected] of Object.entries(hashes)) {
    const [width, height] = size.split('x').map(Number);
    t.equal(
      hash(resampleScalar(ramp(40, 30, 4), width, height, 'pillow') as Pixels),
      expected,
      `RGBA to ${size}`,
    );
  }
});

t.test('views share bytes, copies do not', async (t) => {
  const image = ramp(7, 5);
  const part = view(image, 2, 1, 3, 2);
  t.equal(part.data.buffer, image.data.buffer);
  t.same([...part.data.subarray(0, 3)], [...image.data.subarray(27, 30)]);
  t.equal(pack(image), image);
  const packed = pack(part);
  t.equal(packed.data.length, 18);
  t.not(packed.data.buffer, image.data.buffer);
  const target = new Uint8Array(20);
  t.equal(copyInto(part, target, 1), 18);
  t.same([...target.subarray(1, 19)], [...packed.data]);
  t.same([...view(part, 1, 1, 1, 1).data], [...image.data.subarray(2 * 21 + 9, 2 * 21 + 12)]);
  for (const [x, y, w, h] of [
    [-1, 0, 2, 2],
    [5, 0, 3, 1],
    [0, 4, 1, 2],
    [0, 0, 0, 1],
  ])
    t.throws(() => view(image, x, y, w, h), RangeError);
});

t.test('padding reflects without repeating the border', async (t) => {
  t.same(
    Array.from({ length: 9 }, (_, i) => reflect(i, 4)),
    [0, 1, 2, 3, 2, 1, 0, 1, 2],
  );
  t.same(
    [0, 5].map((i) => reflect(i, 1)),
    [0, 0],
  );
  fc.assert(
    fc.property(
      fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 12 }))),
      ([w, h, width, height]) => {
        const image = ramp(w, h);
        const padded = reflectPad(image, width, height);
        for (let y = 0; y < padded.height; y++)
          for (let x = 0; x < padded.width; x++) {
            const at = (reflect(y, h) * w + reflect(x, w)) * 3;
            if (padded.data[(y * padded.width + x) * 3] !== image.data[at]) return false;
          }
        return padded.width === Math.max(w, width) && padded.height === Math.max(h, height);
      },
    ),
  );
  const scale = { tag: 'HR', width: 3, height: 6 };
  const narrow = cut(ramp(3, 6), { scale, x: 0, y: 2, width: 4, height: 4, index: 2 });
  t.same([...narrow.data], [...view(reflectPad(ramp(3, 6), 4, 6), 0, 2, 4, 4).data]);
});

t.test('encoding', async (t) => {
  const image = view(ramp(40, 30), 5, 3, 21, 17);
  for (const format of ['png', 'webp', 'tiff'] as const) {
    const decoded = await sharp(await encode(image, format))
      .raw()
      .toBuffer();
    t.same(new Uint8Array(decoded), pack(image).data, `${format} keeps every value`);
  }
  for (const format of ['jpeg', 'avif', 'gif'] as const)
    t.match(await sharp(await encode(image, format)).metadata(), { width: 21, height: 17 }, format);
  const none = await encode(image, 'png', { compressionLevel: 0 });
  t.ok(none.length > (await encode(image, 'png', { compressionLevel: 9 })).length);
  t.equal(formatForExtension('.JPG'), 'jpeg');
  t.equal(formatForExtension('.x2'), undefined);
});

t.test('files appear whole or not at all', async (t) => {
  const folder = t.testdir({ 'taken.txt': { inside: 'x' } });
  const file = path.join(folder, 'ä "b".txt');
  await writeFileAtomic(file, 'one');
  await writeFileAtomic(file, Buffer.from('two'), { fsync: false });
  t.equal(readFileSync(file, 'utf8'), 'two');
  await t.rejects(writeFileAtomic(path.join(folder, 'taken.txt'), 'x'), 'a folder is not replaced');
  await t.rejects(writeFileAtomic(path.join(folder, 'none', 'x.txt'), 'x'), { code: 'ENOENT' });
  t.same(readdirSync(folder).sort(), ['taken.txt', 'ä "b".txt'], 'nothing is left behind');
  const temporary = temporaryName(file);
  t.equal(path.dirname(temporary), folder);
  t.match(path.basename(temporary), /^\./);
  t.ok(isTemporaryName(temporary));
  t.notOk(isTemporaryName('.hidden.png'));
  const long = path.join(folder, `${'é'.repeat(125)}.png`);
  await writeFileAtomic(long, 'long');
  writeFileSync(temporaryName(long), 'fits');
});
