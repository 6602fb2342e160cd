import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import t from 'tap';
import { localFile } from '../../src/images/file-like.js';
import { plainPng } from '../../src/images/plain-png.js';
import { probe } from '../../src/images/probe.js';
import { quickHeader as quickHeaderOf } from '../../src/images/quick-header.js';
import { createUnfilter, unfilterRoom } from '../../src/simd/index.js';
import fc from '../properties.js';
import { root } from '../root.js';

const quickHeader = async (file: string) => quickHeaderOf(await localFile(file));

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
const unfilter = createUnfilter(memory)!;

/** Decodes as the decode stage does: in place, the filtered rows behind the picture. */
function decode(file: Buffer): Uint8Array | undefined {
  const png = plainPng(Buffer.from(file));
  if (!png) return undefined;
  const { width, height, rows } = png;
  const { gap } = unfilterRoom(3 * width, height);
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xa5);
  bytes.set(rows, 64 + gap);
  if (unfilter(64 + gap, 64, 3 * width, height) !== -1) throw new Error('an unknown filter');
  if (!bytes.subarray(0, 64).every((byte) => byte === 0xa5)) throw new Error('touched what lies before it');
  return bytes.slice(64, 64 + 3 * width * height);
}

const noise = (length: number, seed: number, step: number): Buffer => {
  let state = seed | 1;
  return Buffer.from(
    Array.from({ length }, (_, i) => {
      state = (Math.imul(state, 1103515245) + 12345) | 0;
      return (i * step + ((state >>> 16) & 31)) & 255;
    }),
  );
};

t.test('plain PNG gives the pixels that libvips gives, whatever the filters', async () => {
  const picture = fc.record({
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 40 }),
    seed: fc.integer(),
    step: fc.integer({ min: 0, max: 9 }),
    adaptiveFiltering: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(picture, async ({ width, height, seed, step, adaptiveFiltering }) => {
      const pixels = noise(width * height * 3, seed, step);
      const file = await sharp(pixels, { raw: { width, height, channels: 3 } })
        .png({ adaptiveFiltering })
        .toBuffer();
      if (!pixels.equals(decode(file)!)) throw new Error('other pixels');
    }),
    { numRuns: 60 },
  );
});

t.test('every filter follows every filter', (t) => {
  const [width, height] = [23, 64];
  const length = 3 * width;
  const rows = noise(height * (length + 1), 7, 5);
  for (let y = 0; y < height; y++)
    rows[y * (length + 1)] = (Math.floor(y / 5) + (y % 5) * (1 + (y >> 4))) % 5;
  const want = new Uint8Array(length * height);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < length; i++) {
      const a = i < 3 ? 0 : want[y * length + i - 3]!;
      const b = y === 0 ? 0 : want[(y - 1) * length + i]!;
      const c = i < 3 || y === 0 ? 0 : want[(y - 1) * length + i - 3]!;
      const p = a + b - c;
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const nearest = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      const guess = [0, a, b, (a + b) >> 1, nearest][rows[y * (length + 1)]!]!;
      want[y * length + i] = rows[y * (length + 1) + 1 + i]! + guess;
    }
  }
  const { gap } = unfilterRoom(length, height);
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(rows, gap);
  t.equal(unfilter(gap, 0, length, height), -1);
  t.same(bytes.slice(0, want.length), want);
  for (const first of [2, 3, 4]) {
    bytes.set(rows, gap);
    bytes[gap] = first;
    t.equal(unfilter(gap, 0, length, height), -1, `filter ${first} at the start of the memory`);
  }
  bytes.set(rows, gap);
  bytes[gap + 9 * (length + 1)] = 5;
  t.equal(unfilter(gap, 0, length, height), 9, 'the row of a filter that does not exist');
  t.end();
});

t.test('what is not plain, or not whole, is left to libvips', async (t) => {
  const raw = { raw: { width: 8, height: 6, channels: 3 as const } };
  const rgb = () => sharp(noise(8 * 6 * 3, 1, 3), raw);
  const plain = await rgb().png().toBuffer();
  t.ok(plainPng(Buffer.from(plain)));
  const others = {
    interlaced: await rgb().png({ progressive: true }).toBuffer(),
    palette: await rgb().png({ palette: true }).toBuffer(),
    gray: await rgb().toColourspace('b-w').png().toBuffer(),
    alpha: await rgb().ensureAlpha().png().toBuffer(),
    '16 bits': await rgb().toColourspace('rgb16').png().toBuffer(),
    profile: await rgb().withIccProfile('p3').png().toBuffer(),
    exif: await rgb()
      .withExif({ IFD0: { Orientation: '6' } })
      .png()
      .toBuffer(),
    jpeg: await rgb().jpeg().toBuffer(),
    'cut short': plain.subarray(0, plain.length - 13),
    empty: Buffer.alloc(0),
  };
  for (const [name, file] of Object.entries(others)) t.notOk(plainPng(Buffer.from(file)), name);
  for (let at = 8; at < plain.length; at++) {
    const damaged = Buffer.from(plain);
    damaged[at]! ^= 0x10;
    t.notOk(plainPng(damaged), `a wrong byte at ${at}`);
  }
});

t.test('a header read quickly says what libvips says', async (t) => {
  const folder = t.testdir();
  const write = async (name: string, image: Sharp): Promise<void> =>
    writeFileSync(path.join(folder, name), await image.toBuffer());
  const rgb = () => sharp(noise(33 * 20 * 3, 3, 2), { raw: { width: 33, height: 20, channels: 3 } });
  await write('a.png', rgb().png());
  await write('b.jpg', rgb().jpeg());
  await write('c.jpg', rgb().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }));
  await write('d.png', rgb().png({ progressive: true }));
  for (const name of ['a.png', 'b.jpg', 'c.jpg', 'd.png'])
    t.ok(await quickHeader(path.join(folder, name)), `${name} is plain`);
  await write('e.jpg', rgb().withMetadata({ orientation: 6 }).jpeg());
  await write('f.jpg', rgb().withIccProfile('p3').jpeg());
  await write('g.jpg', rgb().toColourspace('b-w').jpeg());
  await write('h.jpg', rgb().toColourspace('cmyk').jpeg());
  for (const name of ['e.jpg', 'f.jpg', 'g.jpg', 'h.jpg'])
    t.notOk(await quickHeader(path.join(folder, name)), `${name} is not`);
  const samples = path.join(root, 'datasets/sample');
  const files = [folder, samples].flatMap((dir) => readdirSync(dir).map((name) => path.join(dir, name)));
  for (const file of files.filter((name) => /\.(png|jpg)$/.test(name))) {
    const quick = await quickHeader(file);
    if (!quick) continue;
    const {
      format,
      width,
      height,
      channels,
      depth,
      hasAlpha,
      orientation = 1,
      icc,
    } = await sharp(readFileSync(file)).metadata();
    t.match(quick, { format, width, height }, file);
    t.same([channels, depth, hasAlpha, orientation, icc], [3, 'uchar', false, 1, undefined], file);
    t.match(await probe(file), { ok: true, width, height, channels: 3 }, file);
  }
});
