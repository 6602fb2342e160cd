import t from 'tap';
import { envelope, type Point, smooth, spread } from '../../src/report/curve.js';
import { count, decibels, duration, figure, percent, plural, size } from '../../src/report/format.js';
import { linearScale, logScale } from '../../src/report/scale.js';
import { commonFolder } from '../../src/report/sections/files.js';
import { pngSize } from '../../src/report/sections/pictures.js';
import { pixel } from './sample.js';

const plain = (value: string): string => value.replaceAll('\u00a0', ' ');
const labels = (ticks: readonly { label: string }[]) => ticks.map(({ label }) => label);

t.test('numbers as people write them', async (t) => {
  t.same(
    [0, 999, 18.25, 59_949, 59_960, 108_300, 3_599_600, 11_520_000, 93_600_000, 190_000_000]
      .map(duration)
      .map(plain),
    [
      '0.00 ms',
      '999 ms',
      '18.3 ms',
      '59.9 s',
      '1 min 0 s',
      '1 min 48 s',
      '1 h 0 min',
      '3 h 12 min',
      '1 day 2 h',
      '2 days 5 h',
    ],
  );
  t.same([0, 1023, 1024, 1536, 256 * 2 ** 20, 8 * 2 ** 30, 2 ** 50].map(size).map(plain), [
    '0 B',
    '1,023 B',
    '1 KiB',
    '1.50 KiB',
    '256 MiB',
    '8 GiB',
    '1024 TiB',
  ]);
  t.same([27.104, -1, Number.POSITIVE_INFINITY, Number.NaN].map(decibels).map(plain), [
    '27.10 dB',
    '-1.00 dB',
    '∞ dB',
    'not a number',
  ]);
  t.same([0, 0.0682, 0.00012, 12.345, -2, 123456, Number.NaN].map(figure), [
    '0.00',
    '0.0682',
    '1.20e-4',
    '12.3',
    '-2.00',
    '1.23e+5',
    'not a number',
  ]);
  t.same(
    [0, 0.0001, 0.5, 0.914].map((share) => percent(share)),
    ['0%', '<1%', '50%', '91%'],
  );
  t.same(
    [plural(1, 'crop'), plural(2416, 'crop'), plural(2, 'batch', 'batches'), count(1e6)],
    ['1 crop', '2,416 crops', '2 batches', '1,000,000'],
  );
});

t.test('ticks are round numbers inside the domain', async (t) => {
  t.same(labels(linearScale(1, 300, { wanted: 8, whole: true }).ticks), [
    '50',
    '100',
    '150',
    '200',
    '250',
    '300',
  ]);
  t.same(labels(linearScale(20, 400_000, { wanted: 4 }).ticks), ['100k', '200k', '300k', '400k']);
  t.same(labels(linearScale(26.412, 27.312, { wanted: 5, nice: true }).ticks), [
    '26.4',
    '26.6',
    '26.8',
    '27.0',
    '27.2',
    '27.4',
  ]);
  t.same(labels(linearScale(1, 3, { wanted: 8, whole: true }).ticks), ['1', '2', '3'], 'no half iterations');
  t.same(labels(linearScale(0, 3e-5, { wanted: 3, nice: true }).ticks), ['0', '1e-5', '2e-5', '3e-5']);
  t.same(labels(logScale(0.018, 0.25, { wanted: 5 }).ticks), ['0.02', '0.05', '0.1', '0.2']);
  t.same(labels(logScale(1e-6, 10, { wanted: 6 }).ticks), [
    '1e-6',
    '1e-5',
    '0.0001',
    '0.001',
    '0.01',
    '0.1',
    '1',
    '10',
  ]);
  t.same(labels(logScale(1e-20, 1, { wanted: 5 }).ticks).length, 7, 'every third decade');
  t.same(labels(logScale(3, 4, { wanted: 4 }).ticks).length >= 3, true, 'less than a decade: even steps');
});

t.test('scales map their domain to 0..1, also when it has no width', async (t) => {
  const log = logScale(0.01, 1, { wanted: 5 });
  t.same(
    [0.01, 0.1, 1].map((value) => Number(log.at(value).toFixed(9))),
    [0, 0.5, 1],
  );
  const linear = linearScale(10, 30, { wanted: 4 });
  t.same([10, 20, 30].map(linear.at), [0, 0.5, 1]);
  for (const value of [0, 5, -3, 1e-9, 1e9]) {
    const flat = linearScale(value, value, { wanted: 5, nice: true });
    t.ok(flat.at(value) > 0.2 && flat.at(value) < 0.8 && flat.ticks.length >= 2, `${value}`);
  }
  t.equal(Number(logScale(0.5, 0.5, { wanted: 5 }).at(0.5).toFixed(9)), 0.5);
});

t.test('smoothing keeps what is straight and does not go below zero on a log scale', async (t) => {
  const line = Array.from({ length: 200 }, (_, i): Point => [i, 3 - i / 100]);
  for (const [i, [x, y]] of smooth(line, false).entries()) t.ok(x === i && Math.abs(y - line[i][1]) < 1e-9);
  const decay = Array.from({ length: 200 }, (_, i): Point => [i, Math.exp(-i / 10)]);
  t.ok(smooth(decay, true).every(([, y], i) => Math.abs(y / decay[i][1] - 1) < 1e-6));
  const noisy = Array.from({ length: 400 }, (_, i): Point => [i, i % 2]);
  t.ok(smooth(noisy, false).every(([, y]) => Math.abs(y - 0.5) < 0.2));
  const spike = Array.from({ length: 40 }, (_, i): Point => [i, i === 37 ? 1000 : 1e-3]);
  t.ok(smooth(spike, true).every(([, y]) => y > 0));
});

t.test('thinning keeps spikes and ends', async (t) => {
  const points = Array.from({ length: 10_000 }, (_, i): Point => [i, i === 6_543 ? 99 : i % 10]);
  const outline = envelope(points, 200);
  t.equal(outline.length, 400);
  t.equal(outline.filter(([, y]) => y === 99).length, 1);
  t.same(outline[0], [24.5, 0]);
  t.same(outline[399], [24.5, 9]);
  t.same(spread(3, 10), [0, 1, 2]);
  t.same(spread(1001, 5), [0, 250, 500, 750, 1000]);
});

t.test('common folders end at a separator', async (t) => {
  t.equal(commonFolder(['/a/bc/1.png', '/a/bd/2.png']), '/a/');
  t.equal(commonFolder(['/a/b/1.png', '/a/b/12.png']), '/a/b/');
  t.equal(commonFolder(['C:\\in\\1.png', 'C:\\in\\2.png']), 'C:\\in\\');
  t.equal(commonFolder(['one.png', 'only.png']), '');
  t.equal(commonFolder(['/a/1.png']), '');
  t.equal(commonFolder([]), '');
});

t.test('PNG sizes come from the header', async (t) => {
  t.same(pngSize(pixel), { width: 1, height: 1 });
  const inside = new Uint8Array([9, 9, 9, ...pixel]).subarray(3);
  t.same(pngSize(inside), { width: 1, height: 1 }, 'also of a view into a larger buffer');
  t.equal(pngSize(new Uint8Array(10)), undefined);
  t.equal(pngSize(new Uint8Array(100)), undefined);
});
