import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { filter2d, filterSeparable } from '../../src/degradations/filter2d.js';
import { createImagePool } from '../../src/degradations/image-pool.js';
import { jpegCodec, subsamplings } from '../../src/degradations/jpeg/codec.js';
import { fillNormal } from '../../src/degradations/normal.js';
import { poissonTables } from '../../src/degradations/poisson_noise/tables.js';
import { resample } from '../../src/degradations/resample.js';
import { taps } from '../../src/degradations/resample-taps.js';
import { createRng, fillNormal as fillNormalPlain, lendState } from '../../src/random/rng.js';
import * as plain from '../../src/simd/float/arithmetic-plain.js';
import { bytesToPlanarPlain, planarToBytesPlain, walkBytesPlain } from '../../src/simd/float/bytes.js';
import { type Correlation, layoutOf } from '../../src/simd/float/correlate.js';
import { correlatePlain } from '../../src/simd/float/correlate-plain.js';
import { createExtents } from '../../src/simd/float/extents.js';
import { filterTurnedPlain } from '../../src/simd/float/filter.js';
import * as simd from '../../src/simd/float/index.js';
import { toLevelsPlain } from '../../src/simd/float/levels.js';
import { reflectPlanesPlain, reflectRowsPlain } from '../../src/simd/float/reflect.js';
import { sumRowsPlain } from '../../src/simd/float/rows.js';
import fc from '../properties.js';

const pool = createImagePool();
const room = simd.floatMemory();
const size = fc.integer({ min: 1, max: 70 });
const odd = fc.integer({ min: 0, max: 14 }).map((radius) => 2 * radius + 1);

/** Values in the memory of the kernels, or outside, with others behind them that must stay. */
function values(length: number, seed: string, inside: boolean): Float32Array {
  const rng = createRng(seed);
  const data = inside
    ? pool.take(Math.ceil((length + 8) / 3), 1).data.subarray(0, length)
    : new Float32Array(length);
  for (let i = 0; i < length; i++) data[i] = rng.uniform(-0.2, 1.2);
  return data;
}

const sameBits = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.slice().buffer).equals(Buffer.from(b.slice().buffer));

t.test('there is SIMD here, so that the tests below compare something', async (t) => t.ok(room));

t.test('sums over runs', async () => {
  fc.assert(
    fc.property(size, size, odd, fc.boolean(), (width, height, kernel, inside) => {
      const radius = kernel >> 1;
      const row = width + 2 * radius;
      const source = values(3 * row * (height + 2 * radius), 'a', inside);
      const weights = values(kernel * kernel, 'w', false);
      const runs = new simd.Runs(kernel * (kernel + 2));
      for (let y = 0; y < kernel; y++) runs.add(y * row, weights, y * kernel, 1 + ((y * 7) % kernel));
      const job = (out: Float32Array): Correlation => ({
        source,
        from: layoutOf(row, height + 2 * radius),
        step: 1,
        runs,
        out,
        to: layoutOf(width, height),
        width,
        height,
        planes: 3,
      });
      const out = values(3 * width * height, 'o', inside);
      const expected = new Float32Array(out.length);
      const behind = new Float32Array(out.buffer, out.byteOffset + out.byteLength, inside ? 4 : 0).slice();
      simd.correlate(job(out));
      correlatePlain(job(expected));
      const after = new Float32Array(out.buffer, out.byteOffset + out.byteLength, inside ? 4 : 0);
      return sameBits(out, expected) && sameBits(after, behind);
    }),
  );
});

t.test('resampling along rows and columns', async () => {
  fc.assert(
    fc.property(size, size, size, fc.boolean(), (from, to, other, inside) => {
      const { count, starts, weights } = taps(from, to, 'bicubic');
      const source = values(3 * from * other, 'a', inside);
      const out = values(3 * to * other, 'o', inside);
      const expected = new Float32Array(out.length);
      const across = { source, width: from, rows: 3 * other, outWidth: to };
      const runs = simd.runPerOutput(starts, weights, count);
      simd.sumRows({ ...across, runs, out });
      sumRowsPlain({ ...across, runs, out: expected });
      if (!sameBits(out, expected)) return false;
      const down = {
        source,
        from: { at: 0, row: 0, plane: other * from },
        step: other,
        runs: simd.runPerOutput(starts, weights, count, other),
        runsRow: count + 2,
        to: layoutOf(other, to),
        width: other,
        height: to,
        planes: 3,
      };
      simd.correlate({ ...down, out });
      correlatePlain({ ...down, out: expected });
      return sameBits(out, expected);
    }),
  );
});

t.test('kernels, two rows at once or not, and turned sums along columns', async () => {
  fc.assert(
    fc.property(size, size, odd, fc.boolean(), (width, height, columns, inside) => {
      const from = { width: width + columns - 1, height: height + columns - 1 };
      const source = values(3 * from.width * from.height, 'a', inside);
      const weights = values(columns * columns, 'w', false);
      const spans = Array.from({ length: columns }, (_, y) => ({
        first: Math.min(y, 4),
        last: y === 2 ? -1 : columns - 1,
      }));
      const all = { columns, values: weights, spans };
      const out = values(3 * width * height, 'o', inside);
      const expected = new Float32Array(out.length);
      const job = { source, from, weights: all, width, height, planes: 3 };
      simd.filterPlanes({ ...job, out });
      simd.withoutKernels(() => simd.filterPlanes({ ...job, out: expected }));
      if (!sameBits(out, expected)) return false;
      const turn = {
        source,
        weights: weights.subarray(0, columns),
        width,
        height,
        planes: 3,
        to: { at: 0, plane: width * height },
      };
      if (columns % 4 === 1) source.fill(0, source.length >> 3, source.length - 99);
      simd.filterTurned({ ...turn, out });
      filterTurnedPlain({ ...turn, out: expected });
      return sameBits(out, expected);
    }),
  );
});

t.test('symmetric kernels by Fourier transforms: the same bits, and near the sums', async (t) => {
  const side = fc.integer({ min: 30, max: 150 });
  const radii = fc.integer({ min: 1, max: 10 });
  let tiled = 0;
  fc.assert(
    fc.property(side, side, radii, fc.boolean(), (width, height, radius, inside) => {
      const edge = 2 * radius + 1;
      const random = values(edge * edge, 'w', false);
      const total = random.reduce((a, b) => a + Math.abs(b), 0);
      const weights = random.map((w, i) => (w + random[random.length - 1 - i]) / (2 * total));
      const tiling = simd.tilingFor(width, height, radius, edge * edge);
      if (!tiling) return true;
      tiled++;
      const span = simd.spanOf(tiling);
      const image = values(3 * width * height, 'i', inside);
      const source = new Float32Array(3 * span.width * span.height);
      simd.reflectAround(image, { width, height }, source, { ...span, left: tiling.left, top: radius });
      const job = { tiling, source, weights, width, height, planes: 3 };
      const out = values(image.length, 'o', inside);
      const expected = new Float32Array(out.length);
      const behind = new Float32Array(out.buffer, out.byteOffset + out.byteLength, inside ? 4 : 0).slice();
      simd.filterTiles({ ...job, out });
      simd.withoutKernels(() => {
        const around = new Float32Array(source.length);
        simd.reflectAround(image, { width, height }, around, { ...span, left: tiling.left, top: radius });
        simd.filterTiles({ ...job, source: around, out: expected });
      });
      const after = new Float32Array(out.buffer, out.byteOffset + out.byteLength, inside ? 4 : 0);
      if (!sameBits(out, expected) || !sameBits(after, behind)) return false;
      const spans = Array.from({ length: edge }, () => ({ first: 0, last: edge - 1 }));
      const padded = new Float32Array(3 * (width + edge - 1) * (height + edge - 1));
      simd.reflectPlanes(image, padded, { width, height, planes: 3, across: radius, down: radius });
      simd.filterPlanes({
        source: padded,
        from: { width: width + edge - 1, height: height + edge - 1 },
        weights: { columns: edge, values: weights, spans },
        out: expected,
        width,
        height,
        planes: 3,
      });
      return out.every((value, i) => Math.abs(value - expected[i]) < 1e-6);
    }),
    { numRuns: 40 },
  );
  t.ok(tiled > 10, `${tiled} were tiled`);
});

t.test('symmetric rows by Fourier transforms: the same bits, and near the sums', async (t) => {
  const side = fc.integer({ min: 8, max: 600 });
  const other = fc.integer({ min: 8, max: 20 });
  fc.assert(
    fc.property(
      side,
      other,
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      (height, columns, radius, inside) => {
        const size = { width: columns + 3, height: height + 5 };
        const source = values(2 * size.width * size.height, 'i', inside);
        if (radius % 3 === 0) source.fill(0, source.length >> 3);
        const half = values(radius + 1, 'w', false);
        const weights = Float32Array.from(
          { length: 2 * radius + 1 },
          (_, i) => half[Math.abs(i - radius)] / radius,
        );
        const window = { x: 2, y: 3, width: columns, height };
        const job = { source, from: size, window, planes: 2, weights };
        const out = values(2 * columns * height, 'o', inside);
        const expected = new Float32Array(out.length);
        simd.filterColumns({ ...job, out });
        simd.withoutKernels(() => simd.filterColumns({ ...job, out: expected }));
        if (!sameBits(out, expected)) return false;
        return out.every((value, i) => {
          const [y, x, plane] = [
            i % height,
            Math.floor(i / height) % columns,
            Math.floor(i / (height * columns)),
          ];
          let sum = 0;
          weights.forEach((weight, k) => {
            const row = plane * size.height + simd.reflected(y + 3 + k - radius, size.height);
            sum += weight * source[row * size.width + x + 2];
          });
          return Math.abs(value - sum) < 4e-6;
        });
      },
    ),
    { numRuns: 60 },
  );
  const gauss = Float32Array.from({ length: 51 }, (_, i) => (i - 25) ** 2);
  t.ok(simd.longEnough(gauss, { width: 400, height: 400 }), 'worth while for the Gaussian of usm_sharpen');
  t.notOk(simd.longEnough(gauss.subarray(20, 31), { width: 400, height: 400 }), 'but not for short rows');
  t.notOk(simd.longEnough(gauss.subarray(1), { width: 400, height: 400 }), 'nor when they are not symmetric');
});

t.test('detail is marked and sharpened in a part of an image', async (t) => {
  const marked = new Set<boolean>();
  fc.assert(
    fc.property(size, size, size, fc.boolean(), (width, height, threshold, inside) => {
      const image = {
        width: width + 9,
        height: height + 4,
        data: values((width + 9) * (height + 4), 'i', inside),
      };
      const soft = { x: 5, y: 3, width, height, data: values(width * height, 's', inside) };
      const part = { x: 5 + (width >> 1), y: 3, width: (width + 1) >> 1, height };
      const mask = { ...part, data: values(part.width * part.height, 'm', inside) };
      const expected = { ...image, data: image.data.slice() };
      const found = values(soft.data.length, 'o', inside);
      const plain = new Float32Array(found.length);
      const any = simd.markDetail({ image, soft }, found, 255, 8 * threshold);
      const anyPlain = simd.withoutKernels(() => simd.markDetail({ image, soft }, plain, 255, 8 * threshold));
      marked.add(any);
      simd.mixSharp({ image, soft }, mask, 0.5);
      simd.withoutKernels(() => simd.mixSharp({ image: expected, soft }, mask, 0.5));
      const right = any === anyPlain && any === found.includes(1);
      return right && sameBits(found, plain) && sameBits(image.data, expected.data);
    }),
  );
  t.equal(marked.size, 2, 'there were images without detail');
});

t.test('reflected borders, also wider than the image', async () => {
  fc.assert(
    fc.property(size, size, odd, odd, fc.boolean(), (width, height, across, down, inside) => {
      const borders = { width, height, planes: 3, across, down };
      const source = values(3 * width * height, 'a', inside);
      const out = values(3 * (width + 2 * across) * (height + 2 * down), 'o', inside);
      const expected = out.slice();
      simd.reflectPlanes(source, out, borders);
      reflectPlanesPlain(source, expected, borders);
      if (!sameBits(out, expected)) return false;
      const wide = { ...borders, width: width + 2 * across };
      for (const data of [out, expected]) data.fill(2, 0, down * wide.width);
      simd.reflectRows(out, wide);
      reflectRowsPlain(expected, wide);
      return sameBits(out, expected) && out[0] !== 2;
    }),
  );
});

t.test('bytes to values in all orientations', async () => {
  const signs = fc.constantFrom(1, -1);
  fc.assert(
    fc.property(
      size,
      size,
      fc.constantFrom(3, 4),
      fc.boolean(),
      signs,
      signs,
      fc.boolean(),
      (width, height, channels, turned, right, down, inside) => {
        const [columns, rows] = turned ? [height, width] : [width, height];
        const stride = channels * columns + 5;
        const rng = createRng(`${width}`);
        const bytes = Uint8Array.from({ length: stride * rows }, () => rng.int(0, 255));
        const dx = turned ? down * stride : right * channels;
        const dy = turned ? right * channels : down * stride;
        const origin = Math.max(0, -dx * (width - 1)) + Math.max(0, -dy * (height - 1));
        const out = values(3 * width * height, 'o', inside);
        const expected = new Float32Array(out.length);
        simd.bytesToPlanar(bytes, { origin, dx, dy }, { width, height, data: out });
        bytesToPlanarPlain(bytes, { origin, dx, dy }, { width, height, data: expected });
        return sameBits(out, expected) && expected.every((v) => v >= 0 && v <= 1);
      },
    ),
  );
});

t.test('bytes along a walk', async () => {
  fc.assert(
    fc.property(size, size, fc.integer({ min: 0, max: 7 }), (width, height, turn) => {
      const [turned, right, down] = [(turn & 1) === 1, turn & 2 ? -1 : 1, turn & 4 ? -1 : 1];
      const [columns, rows] = turned ? [height, width] : [width, height];
      const channels = 3 + (width % 2);
      const stride = channels * columns + 5;
      const bytes = Uint8Array.from({ length: stride * rows }, (_, i) => i * 7);
      const dx = turned ? down * stride : right * channels;
      const dy = turned ? right * channels : down * stride;
      const origin = Math.max(0, -dx * (width - 1)) + Math.max(0, -dy * (height - 1));
      const out = new Uint8Array(3 * width * height + 8).fill(77);
      const expected = out.slice();
      simd.walkBytes(bytes, { origin, dx, dy }, { width, height }, out.subarray(0, -8));
      walkBytesPlain(bytes, { origin, dx, dy }, { width, height }, expected);
      return Buffer.from(out).equals(expected) && expected[0] === bytes[origin];
    }),
  );
});

t.test('what a pool has lent comes back when pool and images are dropped, and not before', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const edge = 1024;
  const addresses = new Set<number>();
  let kept = createImagePool().take(edge, edge);
  kept.data.fill(7);
  for (let i = 0; i < 100; i++) {
    addresses.add(createImagePool().take(edge, edge).data.byteOffset);
    if (i % 20 < 19) continue;
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  t.ok(addresses.size < 60, `${addresses.size} different places for 100 images of 12 MiB`);
  const later = createImagePool().take(edge, edge);
  t.ok(room && later.data.buffer === room.buffer, 'there still is room in the memory of the kernels');
  later.data.fill(1);
  t.ok(
    kept.data.every((value) => value === 7),
    'an image outlives its pool',
  );
  kept = later;
});

t.test('values to bytes', async () => {
  fc.assert(
    fc.property(size, size, size, size, fc.boolean(), (width, height, left, top, inside) => {
      const data = values(3 * (width + left) * (height + top), 'a', inside);
      const image = { width: width + left, height: height + top, data };
      const awkward = [0.5 / 255, 1.5 / 255, 2.5 / 255, -0, 9, -9, Number.NaN, Number.POSITIVE_INFINITY];
      for (const [i, value] of awkward.entries()) data[(i * 31) % data.length] = value;
      const window = { x: left, y: top, width, height };
      const out = new Uint8Array(3 * width * height + 8).fill(77);
      const expected = new Uint8Array(3 * width * height);
      simd.planarToBytes(image, window, out.subarray(0, expected.length));
      planarToBytesPlain(image, window, expected);
      return (
        Buffer.from(out.subarray(0, expected.length)).equals(expected) &&
        out.subarray(expected.length).every((v) => v === 77)
      );
    }),
  );
});

t.test('arithmetic', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.boolean(), (length, inside) => {
      const a = values(length, 'a', inside);
      const b = values(length, 'b', inside);
      const mask = values(length, 'm', inside);
      a[length >> 1] = -0;
      b[length >> 2] = 1e30;
      const works: readonly ((by: typeof simd | typeof plain, out: Float32Array) => void)[] = [
        (by, out) => by.combine(out, a, 0.3, b, -1.7),
        (by, out) => by.combine(out, out, 1, b, 0.1),
        (by, out) => by.combineClamped(out, a, 1, b, 0.5),
        (by, out) => by.mix(out, b, mask),
        (by, out) => by.differs(out, a, b, 255, 10),
        (by, out) => by.clampUnit(out),
      ];
      return works.every((work) => {
        const out = values(length + 4, 'o', inside);
        const expected = out.slice();
        work(simd, out.subarray(0, length));
        work(plain, expected.subarray(0, length));
        return sameBits(out, expected);
      });
    }),
  );
  for (const inside of [true, false]) {
    for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      for (let at = 0; at < 11; at++) {
        const data = values(11, 'a', inside);
        t.ok(simd.allFinite(data) && plain.allFinite(data));
        data[at] = bad;
        t.notOk(simd.allFinite(data) || plain.allFinite(data));
      }
    }
    const data = values(9, 'a', inside);
    data[4] = Number.NaN;
    simd.clampUnit(data);
    t.ok(Number.isNaN(data[4]), 'NaN does not vanish in a clamp');
  }
});

t.test('normal deviates in bulk are those drawn one by one, and the generator goes on alike', async (t) => {
  for (const [seed, length] of [
    ['a', 400_000],
    ['b', 1],
    ['c', 3],
    ['d', 50_001],
  ] as const) {
    for (const inside of [true, false]) {
      const [one, other] = [createRng(seed), createRng(seed)];
      const out = values(length, 'o', inside);
      const expected = new Float32Array(length);
      fillNormal(one, out);
      fillNormalPlain(other, expected);
      t.ok(sameBits(out, expected), `${seed} ${length}`);
      t.equal(one.uniform(), other.uniform());
    }
  }
});

t.test('levels: rounded, counted, and drawn for', async (t) => {
  const tables = poissonTables(64);
  for (const length of [1, 15, 16, 17, 3001]) {
    for (const inside of [true, false]) {
      const data = values(length, 'a', inside);
      const levels = new Uint8Array(length + 3).fill(99);
      const expected = new Uint8Array(length);
      simd.toLevels(data, levels.subarray(0, length));
      toLevelsPlain(data, expected);
      t.same([...levels], [...expected, 99, 99, 99]);
      t.equal(simd.countLevels(expected), new Set(expected).size);

      const [one, other] = [createRng('levels'), createRng('levels')];
      const out = values(length, 'o', inside);
      const plainOut = new Float32Array(length);
      t.ok(lendState(one, (state) => simd.drawLevels(state, expected, tables, 1 / 64, out)));
      simd.drawLevelsPlain(() => other.uniform(), expected, tables, 1 / 64, plainOut);
      t.ok(sameBits(out, plainOut), `${length}`);
      t.equal(one.uniform(), other.uniform(), 'the generators go on alike');
    }
  }
  t.notOk(
    simd.withoutKernels(() =>
      simd.drawLevels(new Int32Array(5), new Uint8Array(1), tables, 1, new Float32Array(1)),
    ),
  );
});

t.test('filters in the memory of the kernels, outside and without them give the same bits', async (t) => {
  const outside = (width: number, height: number) => ({
    width,
    height,
    data: new Float32Array(3 * width * height),
  });
  for (const [width, height] of [
    [1, 1],
    [5, 3],
    [33, 50],
  ]) {
    const weights = values(21 * 21, 'w', false);
    const source = values(3 * width * height, 's', false);
    const run = (newImage: typeof pool.take): Float32Array => {
      const image = newImage(width, height);
      image.data.set(source);
      filter2d(image, { size: 21, weights }, newImage);
      filterSeparable(image, weights.subarray(0, 51), newImage);
      return resample(image, { width: 17, height: 29 }, 'lanczos3', newImage).data;
    };
    const made = run(pool.take);
    t.ok(sameBits(made, run(outside)), `${width}x${height}`);
    t.ok(
      sameBits(
        made,
        simd.withoutKernels(() => run(outside)),
      ),
      `${width}x${height} in plain JavaScript`,
    );
  }
});

t.test('memory is divided, given back and joined', async (t) => {
  const extents = createExtents(64, 64 + 64 * 100);
  const all = Array.from({ length: 25 }, () => extents.take(100));
  t.ok(all.every((address) => address !== undefined && address % 64 === 0));
  t.equal(new Set(all).size, 25);
  t.equal(extents.take(1), undefined, 'full');
  for (const i of [3, 1, 2, 24, 0]) t.ok(extents.give(all[i] ?? -1));
  t.notOk(extents.give(all[3] ?? -1), 'only once');
  t.equal(extents.take(4 * 256 - 128), all[0], 'four neighbours have become one');
  t.equal(extents.take(100), all[24]);

  const lent = new Map<number, number>();
  const rng = createRng('extents');
  const busy = createExtents(0, 1 << 20);
  for (let i = 0; i < 3000; i++) {
    const [first] = lent.keys();
    if (lent.size > 30 || (first !== undefined && rng.chance(0.4))) {
      const chosen = [...lent.keys()][rng.int(0, lent.size - 1)];
      busy.give(chosen);
      lent.delete(chosen);
      continue;
    }
    const bytes = rng.int(0, 30_000);
    const address = busy.take(bytes);
    if (address === undefined) continue;
    for (const [start, end] of lent) {
      if (address < end && start < address + bytes) t.fail(`${address} overlaps ${start}`);
    }
    lent.set(address, address + bytes);
  }
  for (const address of lent.keys()) busy.give(address);
  t.equal(busy.take((1 << 20) - 128), 0, 'all of it is one piece again');
});

t.test('JPEG by kernels and in plain JavaScript', async () => {
  fc.assert(
    fc.property(
      size,
      size,
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(...subsamplings),
      fc.boolean(),
      (width, height, quality, subsampling, inside) => {
        const noise = values(3 * width * height, 'a', inside);
        for (let i = 0; i < noise.length; i += 2) noise[i] = 0.5 + 0.4 * Math.sin(i / 50);
        const expected = noise.slice();
        jpegCodec({ width, height, data: noise }, quality, subsampling);
        simd.withoutKernels(() => jpegCodec({ width, height, data: expected }, quality, subsampling));
        return sameBits(noise, expected);
      },
    ),
    { numRuns: 200 },
  );
});
