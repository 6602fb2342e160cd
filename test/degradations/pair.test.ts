import { readFileSync } from 'node:fs';
import t from 'tap';
import { floatToBytes } from '../../src/degradations/convert.js';
import { createImagePool } from '../../src/degradations/image-pool.js';
import { resample } from '../../src/degradations/resample.js';
import type { Pixels } from '../../src/images/pixels.js';
import { sampleSeed } from '../../src/random/rng.js';
import { compileChain } from '../../src/stages/degrade/compile.js';
import { drawPair } from '../../src/stages/degrade/draw-pair.js';
import { DegradeOptions } from '../../src/stages/degrade/options.js';
import { makePair, renderPair } from '../../src/stages/degrade/pair.js';
import { type Orientation, orientedSize, walkThrough } from '../../src/stages/degrade/window.js';
import fc from '../properties.js';
import { fixture } from '../root.js';
import { context, randomPixels } from './images.js';

const compile = (written: unknown) => compileChain(DegradeOptions.parse(written), '.');
const bicubic = await compile({ preset: 'bicubic' });
const noisy = await compile([
  { blur: { kernels: { iso: 1, aniso: 1 }, size: [3, 7] } },
  { resize: { range: [0.5, 1.2] } },
  { gaussian_noise: {}, prob: 0.7 },
  { jpeg: {} },
]);
const tools = { pool: createImagePool() };
const plan = { scale: 4, gt_size: 24, use_hflip: true, use_rot: true };
const sampleOf = (id: string) => ({ id, epoch: 2, seed: sampleSeed(0, 2, id) });
const ids = Array.from({ length: 200 }, (_, i) => `${i}.png@HR:64x48+0+0`);

type Grid = number[][][];

/** Rows of pixels, trimmed and turned the slow and obvious way. */
function naive(crop: Pixels, scale: number, { hflip, vflip, rot90 }: Orientation): Grid {
  const rows = crop.height - (crop.height % scale);
  const columns = crop.width - (crop.width % scale);
  let grid: Grid = Array.from({ length: rows }, (_, y) =>
    Array.from({ length: columns }, (_, x) => {
      const at = y * crop.stride + x * crop.channels;
      return [...crop.data.subarray(at, at + 3)];
    }),
  );
  if (hflip) grid = grid.map((row) => [...row].reverse());
  if (vflip) grid = [...grid].reverse();
  return rot90 ? grid[0].map((_, x) => grid.map((row) => row[x])) : grid;
}

const cut = (grid: Grid, x: number, y: number, width: number, height: number) =>
  Uint8Array.from(
    grid
      .slice(y, y + height)
      .flatMap((row) => row.slice(x, x + width))
      .flat(),
  );

t.test('the eight orientations are those of BasicSR', async (t) => {
  const { input, cases } = JSON.parse(readFileSync(fixture('degradations', 'augment.json'), 'utf8'));
  const data = Uint8Array.from(input.flat().flatMap((v: number) => [v, v, v]));
  const crop: Pixels = { data, width: 4, height: 2, channels: 3, stride: 12 };
  for (const { hflip, vflip, transpose: rot90, out } of cases) {
    const size = orientedSize(crop, 1, rot90);
    const { origin, dx, dy } = walkThrough(crop, 1, { hflip, vflip, rot90 }, { x: 0, y: 0, ...size });
    const made = Array.from({ length: size.height }, (_, y) =>
      Array.from({ length: size.width }, (_, x) => data[origin + x * dx + y * dy]),
    );
    t.same(made, out, `${hflip} ${vflip} ${rot90}`);
  }
});

t.test('gt holds the very bytes of the window, in all orientations', async (t) => {
  const seen = new Set<string>();
  for (const channels of [3, 4] as const) {
    const crop = randomPixels(67, 49, channels);
    for (const id of ids.slice(0, 60)) {
      const { record, gt, gtSize, lq, lqSize } = await makePair(crop, sampleOf(id), plan, bicubic, tools);
      const { x, y, size, ...turn } = record.augment;
      seen.add(JSON.stringify(turn));
      t.same(gt, cut(naive(crop, 4, turn), x, y, size, size));
      t.match(
        { size, gtSize, lqSize },
        { size: 24, gtSize: { width: 24, height: 24 }, lqSize: { width: 6, height: 6 } },
      );
      t.equal(lq.length, 108);
      t.ok(x % 4 === 0 && y % 4 === 0, 'on the lq grid');
    }
  }
  t.equal(seen.size, 8);
});

t.test('lq is the window of the whole crop, reduced', async (t) => {
  for (const scale of [2, 3, 4]) {
    const crop = randomPixels(97, 83);
    for (const id of ids.slice(0, 12)) {
      const { record, lq, lqSize } = await makePair(crop, sampleOf(id), { ...plan, scale }, bicubic, tools);
      const { x, y, ...turn } = record.augment;
      const grid = naive(crop, scale, turn);
      const [width, height] = [grid[0].length, grid.length];
      const data = Float32Array.from(
        [0, 1, 2].flatMap((c) => grid.flatMap((row) => row.map((p) => p[c] / 255))),
      );
      const to = { width: width / scale, height: height / scale };
      const whole = resample({ width, height, data }, to, 'bicubic', context(to).image);
      const expected = new Uint8Array(lq.length);
      floatToBytes(whole, { x: x / scale, y: y / scale, ...lqSize }, expected);
      t.same(lq, expected, `scale ${scale} ${JSON.stringify(record.augment)}`);
    }
  }
});

t.test('without gt_size the whole crop is the gt, trimmed', async (t) => {
  const crop = randomPixels(31, 22);
  const whole = { scale: 4, use_hflip: false, use_rot: false };
  const { record, gt, gtSize, lqSize } = await makePair(crop, sampleOf('a'), whole, noisy, tools);
  t.same(record.augment, { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 0 });
  t.match({ gtSize, lqSize }, { gtSize: { width: 28, height: 20 }, lqSize: { width: 7, height: 5 } });
  t.same(gt, cut(naive(crop, 4, record.augment), 0, 0, 28, 20));
});

t.test('windows and flips are drawn evenly', async (t) => {
  const records = Array.from({ length: 4000 }, (_, i) =>
    drawPair({ width: 32, height: 32 }, sampleOf(`${i}`), plan, bicubic),
  );
  const share = (test: (a: (typeof records)[0]['augment']) => boolean) =>
    records.filter(({ augment }) => test(augment)).length / records.length;
  for (const flag of ['hflip', 'vflip', 'rot90'] as const)
    t.ok(Math.abs(share((a) => a[flag]) - 0.5) < 0.035, flag);
  for (const at of [0, 4, 8]) {
    t.ok(Math.abs(share(({ x }) => x === at) - 1 / 3) < 0.035);
    t.ok(Math.abs(share(({ y }) => y === at) - 1 / 3) < 0.035);
  }
  const still = drawPair({ width: 32, height: 32 }, sampleOf('1'), { ...plan, use_rot: false }, bicubic);
  const turned = records[1].augment;
  t.same(
    still.augment,
    { ...turned, vflip: false, rot90: false },
    'switching rotation off keeps the other draws',
  );
});

t.test('a pair is rebuilt from its record, whatever was made before', async (t) => {
  const crop = randomPixels(64, 48);
  await fc.assert(
    fc.asyncProperty(fc.string(), async (id) => {
      const first = await makePair(crop, sampleOf(id), plan, noisy, tools);
      const record = JSON.parse(JSON.stringify(first.record));
      const gt = new Uint8Array(3 * 24 * 24);
      const lq = new Uint8Array(3 * 6 * 6);
      const again = await renderPair(crop, record, 4, noisy, { pool: createImagePool(), gt, lq });
      t.same(record, first.record);
      t.equal(again.gt, gt, 'written where the caller wants it');
      t.ok(Buffer.compare(first.gt, gt) === 0 && Buffer.compare(first.lq, lq) === 0);
    }),
    { numRuns: 30 },
  );
  const alone = await Promise.all(
    ids.slice(0, 8).map((id) => makePair(crop, sampleOf(id), plan, noisy, tools)),
  );
  for (const pair of alone.reverse()) {
    const again = await makePair(crop, sampleOf(pair.record.id), plan, noisy, tools);
    t.same(again, pair, 'side by side as one after the other');
  }
});

t.test('crops that are too small and sizes that do not fit', async (t) => {
  const make = (width: number, height: number, changes = {}) =>
    makePair(
      randomPixels(width, height),
      sampleOf('a.png@T3:20x40+0+0'),
      { ...plan, ...changes },
      bicubic,
      tools,
    );
  await t.rejects(async () => make(23, 40), {
    code: 'CROP_TOO_SMALL',
    message: /a\.png@T3:20x40\+0\+0 of 23x40 is smaller than gt_size 24/,
    remedy: /larger crops.*gt_size/,
  });
  await t.rejects(async () => make(26, 26, { scale: 4, gt_size: 25 }), {
    code: 'GT_SIZE',
    remedy: 'Use 24.',
  });
  await t.rejects(async () => make(3, 8, { gt_size: undefined }), {
    code: 'CROP_TOO_SMALL',
    message: /scale 4/,
  });
  t.match(await make(24, 24), { gtSize: { width: 24, height: 24 } }, 'just large enough');
});
