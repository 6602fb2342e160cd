import { mkdtempSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import sharp from 'sharp';
import t from 'tap';
import { writeFileAtomicSync } from '../../src/formats/atomic.js';
import type { Pixels } from '../../src/images/pixels.js';
import { encodePng } from '../../src/images/png.js';
import { pack, view } from '../../src/images/view.js';
import { RowCoder } from '../../src/simd/png/index.js';
import fc from '../properties.js';
import { fixture } from '../root.js';
import { read } from './pictures.js';

type Kind = 'noise' | 'smooth' | 'flat' | 'skewed';

/** Pictures that suit each of the filters, and bytes so skewed that codes would get too long. */
function picture(kind: Kind, width: number, height: number, channels: 3 | 4, seed = 1, gap = 0): Pixels {
  const stride = width * channels + gap;
  let state = seed | 1;
  const random = (): number => {
    state = Math.imul(state, 1664525) + 1013904223;
    return (state >>> 8) / 2 ** 24;
  };
  const value: Record<Kind, (x: number, y: number, c: number) => number> = {
    noise: () => random() * 256,
    smooth: (x, y, c) => 128 + 90 * Math.sin((x * (c + 1) + seed) / 31) * Math.cos(y / 17) + 3 * random(),
    flat: (x, y) => ((x >> 5) + (y >> 4)) * 40,
    skewed: () => Math.log2(random() + 2 ** -24) * 10,
  };
  const data = new Uint8Array(stride * (height - 1) + width * channels);
  for (let y = 0; y < height; y++)
    for (let i = 0; i < Math.min(stride, data.length - y * stride); i++)
      data[y * stride + i] = value[kind](Math.floor(i / channels), y, i % channels);
  return { data, width, height, channels, stride };
}

function encoded(pixels: Pixels, level: number): Buffer {
  const pieces: Buffer[] = [];
  encodePng(pixels, level, (bytes) => pieces.push(Buffer.from(bytes)));
  return Buffer.concat(pieces);
}

/** What sharp reads from a file, when it is what was written. */
async function comesBack(pixels: Pixels, file: Uint8Array): Promise<boolean> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return (
    info.width === pixels.width &&
    info.height === pixels.height &&
    info.channels === pixels.channels &&
    Buffer.compare(data, pack(pixels).data) === 0
  );
}

function filtered(coder: RowCoder, pixels: Pixels): Buffer {
  const strips: Buffer[] = [];
  coder.filter(pixels, (rows) => strips.push(Buffer.from(rows)));
  return Buffer.concat(strips);
}

function deflated(coder: RowCoder, pixels: Pixels): Buffer {
  const pieces: Buffer[] = [];
  coder.deflate(pixels, ({ memory, from, to }) => pieces.push(Buffer.from(memory.subarray(from, to))));
  return Buffer.concat(pieces);
}

/** The rule of the PNG specification, from the pixels alone: filter each row, take the smallest sum. */
function plainly({ data, width, height, channels, stride }: Pixels): Buffer {
  const length = width * channels;
  const at = (y: number, i: number): number => (y < 0 || i < 0 ? 0 : data[y * stride + i]);
  const rows = Array.from({ length: height }, (_, y) => {
    const candidates = [0, 1, 2, 3, 4].map((kind) =>
      Buffer.from(
        Array.from({ length }, (_, i) => {
          const [a, b, c] = [at(y, i - channels), at(y - 1, i), at(y - 1, i - channels)];
          const [pa, pb, pc] = [a, b, c].map((near) => Math.abs(a + b - c - near));
          const nearest = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
          return at(y, i) - [0, a, b, Math.floor((a + b) / 2), nearest][kind];
        }),
      ),
    );
    const sums = candidates.map((bytes) => bytes.reduce((sum, v) => sum + Math.min(v, 256 - v), 0));
    const kind = sums.indexOf(Math.min(...sums));
    return Buffer.concat([Buffer.from([kind]), candidates[kind]]);
  });
  return Buffer.concat(rows);
}

const images = fc.record({
  kind: fc.constantFrom<Kind>('noise', 'smooth', 'flat', 'skewed'),
  width: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 150 })),
  height: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 90 })),
  channels: fc.constantFrom<3 | 4>(3, 4),
  gap: fc.integer({ min: 0, max: 9 }),
  seed: fc.integer(),
});

t.test('rows are filtered as the specification recommends, with SIMD and without', async (t) => {
  const [simd, plain] = [new RowCoder(), new RowCoder(false)];
  const used = new Set<number>();
  fc.assert(
    fc.property(images, ({ kind, width, height, channels, gap, seed }) => {
      const pixels = picture(kind, width, height, channels, seed, gap);
      const wanted = plainly(pixels);
      for (let y = 0; y < height; y++) used.add(wanted[y * (width * channels + 1)]);
      return (
        Buffer.compare(filtered(simd, pixels), wanted) === 0 &&
        Buffer.compare(filtered(plain, pixels), wanted) === 0 &&
        Buffer.compare(deflated(simd, pixels), deflated(plain, pixels)) === 0 &&
        Buffer.compare(inflateSync(deflated(simd, pixels)), wanted) === 0
      );
    }),
    { numRuns: 100 },
  );
  t.same([...used].sort(), [0, 1, 2, 3, 4], 'every filter was best somewhere');
});

t.test('Average and Paeth of all kinds of neighbours', async (t) => {
  const [simd, plain] = [new RowCoder(), new RowCoder(false)];
  const values = [0, 1, 2, 63, 64, 127, 128, 129, 191, 254, 255];
  const cases = values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c])));
  const width = cases.length * 2;
  const row = width * 3;
  // Of each two columns the second has neighbours a, b and c, and the value that the filter expects.
  const expected = {
    3: (a: number, b: number) => (a + b) >> 1,
    4: (a: number, b: number, c: number) => {
      const distances = [a, b, c].map((near) => Math.abs(a + b - c - near));
      return [a, b, c][distances.indexOf(Math.min(...distances))];
    },
  };
  for (const [kind, value] of Object.entries(expected)) {
    const data = new Uint8Array(row * 2);
    for (const [i, [a, b, c]] of cases.entries())
      for (const [at, bytes] of [
        [i * 6, [c, c, c, b, b, b]],
        [row + i * 6, [a, a, a, ...Array(3).fill(value(a, b, c))]],
      ] as const)
        data.set(bytes, at);
    const pixels: Pixels = { data, width, height: 2, channels: 3, stride: row };
    const rows = filtered(simd, pixels);
    t.equal(rows[row + 1], Number(kind), 'the filter is chosen');
    const zeros = cases.filter((_, i) =>
      rows.subarray(row + 2 + i * 6 + 3, row + 2 + i * 6 + 6).every((v) => v === 0),
    );
    t.equal(zeros.length, cases.length, 'and expects the values');
    t.equal(Buffer.compare(rows, plainly(pixels)), 0);
    t.equal(Buffer.compare(filtered(plain, pixels), rows), 0);
  }
});

t.test('pixels come back at every level, whatever the size', async (t) => {
  const sizes = [
    [1, 1],
    [1, 37],
    [37, 1],
    [2, 3],
    [5, 5],
    [16, 16],
    [17, 31],
    [131, 67],
  ];
  for (let level = 0; level <= 9; level++)
    for (const [width, height] of sizes)
      for (const channels of [3, 4] as const) {
        const pixels = picture('smooth', width, height, channels, width, (width * level) % 5);
        if (!(await comesBack(pixels, encoded(pixels, level))))
          t.fail(`level ${level}, ${width}x${height}, ${channels} channels`);
      }
  for (const kind of ['noise', 'smooth', 'flat', 'skewed'] as const)
    for (const [width, height, channels] of [
      [400, 400, 3],
      [640, 500, 4],
      [3000, 350, 3],
      [180_000, 3, 3],
    ] as const) {
      const pixels = picture(kind, width, height, channels);
      t.ok(await comesBack(pixels, encoded(pixels, 3)), `${kind}, ${width}x${height}`);
    }
});

t.test('images one after the other in the same memory, wide ones and narrow ones', async (t) => {
  const coder = new RowCoder();
  const widths = [400, 401, 9, 40_000, 400, 3, 405, 64];
  for (const width of widths) {
    const pixels = picture('smooth', width, 3, width % 2 ? 4 : 3, 5);
    t.equal(Buffer.compare(inflateSync(deflated(coder, pixels)), plainly(pixels)), 0, `${width}`);
  }
  t.throws(
    () =>
      coder.deflate(picture('flat', 5, 5, 3), () => {
        throw new Error('full');
      }),
    /full/,
  );
  const pixels = picture('noise', 20, 20, 3);
  t.equal(Buffer.compare(inflateSync(deflated(coder, pixels)), plainly(pixels)), 0, 'after a failure');
});

t.test('a view into a larger image in shared memory', async (t) => {
  const whole = picture('smooth', 300, 200, 3);
  const data = new Uint8Array(new SharedArrayBuffer(whole.data.length));
  data.set(whole.data);
  const part = view({ ...whole, data }, 41, 57, 133, 99);
  for (const level of [0, 3, 9]) t.ok(await comesBack(part, encoded(part, level)), `level ${level}`);
});

t.test('the file: chunks with their checksums, sizes of photographs and drawings', async (t) => {
  const photograph = await read(fixture('subimages', 'HR', 'cups.v2.png'));
  const sizes = [0, 1, 3, 6, 9].map((level) => encoded(photograph, level).length);
  const raw = photograph.width * photograph.height * photograph.channels;
  t.ok(sizes[0] > raw, 'level 0 stores');
  t.equal(sizes[1], sizes[2], 'levels 1 to 3 are the same');
  t.ok(sizes[3] <= sizes[2] && sizes[4] <= sizes[3], 'higher levels are not larger');
  const libvips = await sharp(pack(photograph).data, { raw: photograph })
    .png({ compressionLevel: 3, adaptiveFiltering: true })
    .toBuffer();
  t.ok(
    sizes[2] <= libvips.length,
    `the fast one (${sizes[2]}) is not above zlib at level 3 (${libvips.length})`,
  );

  const drawing = picture('flat', 400, 400, 3);
  t.ok(encoded(drawing, 3).length < 8000, 'flat areas take next to nothing');
  t.ok(encoded(drawing, 9).length < encoded(drawing, 3).length);

  const noise = picture('noise', 700, 400, 4);
  t.ok(encoded(noise, 3).length < 700 * 400 * 4 * 1.005, 'noise grows by next to nothing');
  const file = encoded(noise, 3);
  const chunks: string[] = [];
  for (let at = 8; at < file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    chunks.push(file.toString('latin1', at + 4, at + 8));
    t.equal(file.readUInt32BE(end), crc32(file.subarray(at + 4, end)));
    at = end + 4;
  }
  t.same(chunks, ['IHDR', 'IDAT', 'IDAT', 'IDAT', 'IEND']);
});

t.test('a file appears whole or not at all', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'esrgan-png-'));
  const file = path.join(folder, 'crop.png');
  const pixels = picture('smooth', 800, 500, 3);
  writeFileAtomicSync(file, (write) => encodePng(pixels, 3, write));
  t.ok(await comesBack(pixels, await readFile(file)));
  const before = await readFile(file);
  const failing = (): void =>
    writeFileAtomicSync(file, (write) => {
      write(Buffer.from('half'));
      throw new Error('stopped');
    });
  t.throws(failing, /stopped/);
  t.equal(Buffer.compare(await readFile(file), before), 0, 'the old one stays');
  t.same(readdirSync(folder), ['crop.png']);
  t.throws(() => writeFileAtomicSync(path.join(folder, 'none', 'x.png'), () => {}), { code: 'ENOENT' });
});
