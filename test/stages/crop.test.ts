import { from, lastValueFrom, toArray } from 'rxjs';
import t from 'tap';
import type { ScaledSource } from '../../src/plan/types.js';
import { crop, wholeImages } from '../../src/stages/crop/crop.js';
import { cropName } from '../../src/stages/crop/names.js';
import { CropOptions } from '../../src/stages/crop/options.js';
import { windowStarts, windows } from '../../src/stages/crop/windows.js';
import { json, recorder } from '../images/pictures.js';
import fc from '../properties.js';
import { fixture } from '../root.js';

interface Golden {
  readonly cases: {
    readonly w: number;
    readonly h: number;
    readonly crop: number;
    readonly step: number;
    readonly thresh: number;
    readonly xs: number[];
    readonly ys: number[];
    readonly count: number;
    readonly first: string | null;
    readonly last: string | null;
    readonly error: string | null;
  }[];
  readonly names: {
    readonly files: { readonly input: string; readonly outputs_33x17_crop16_step8: string[] }[];
    readonly collisions: string[][];
    readonly index_growth: { readonly samples: Record<string, string> };
  };
}
const golden = json<Golden>(fixture('windows', 'windows.json'));

t.test('windows of the original', async (t) => {
  t.equal(golden.cases.length, 103);
  for (const c of golden.cases) {
    const options = { size: c.crop, step: c.step, threshold: c.thresh };
    const scale = { tag: 'HR', width: c.w, height: c.h };
    const title = JSON.stringify([c.w, c.h, options]);
    if (c.step === 0) {
      t.throws(() => windows(scale, options), RangeError, title);
      continue;
    }
    const found = windows(scale, options);
    t.equal(found.length, c.count, title);
    if (c.error !== null) continue;
    t.same(windowStarts(c.w, c.crop, c.step, c.thresh), c.xs, title);
    t.same(windowStarts(c.h, c.crop, c.step, c.thresh), c.ys, title);
    t.equal(cropName('0001.png', found[0].index), c.first, title);
    t.equal(cropName('0001.png', found[found.length - 1].index), c.last, title);
    const second = found[1];
    if (second && c.xs.length > 1) t.match(second, { x: c.xs[1], y: c.ys[0], width: c.crop, index: 2 });
  }
});

t.test('windows cover the image and stay inside', async () => {
  const small = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(small, small, small, (length, size, step) => {
      const starts = windowStarts(length, size, step, 0);
      if (size > length) return starts.length === 0;
      const inside = starts.every((s, i) => s >= 0 && s + size <= length && (i === 0 || s > starts[i - 1]));
      return inside && starts[0] === 0 && starts[starts.length - 1] + size === length;
    }),
  );
});

t.test('names of the original', async (t) => {
  for (const { input, outputs_33x17_crop16_step8: outputs } of golden.names.files)
    for (const [i, output] of outputs.entries()) t.equal(cropName(input, i + 1), output);
  for (const [index, name] of Object.entries(golden.names.index_growth.samples))
    t.equal(cropName('big.png', Number(index)), name);
  t.equal(cropName('x2/0801x4.jpg', 7, '.webp'), 'x2/0801_s007.webp', 'folders keep their names');
  for (const images of golden.names.collisions)
    t.equal(new Set(images.map((image) => cropName(image, 1))).size, 1, `${images.join(' and ')} collide`);
});

const scaled = (id: string, ...sizes: [string, number, number][]): ScaledSource => ({
  source: {
    id,
    path: `/p/${id}`,
    width: sizes[0][1],
    height: sizes[0][2],
    format: 'png',
    channels: 3,
    notes: ['alpha dropped'],
  },
  scales: sizes.map(([tag, width, height]) => ({ tag, width, height })),
});

const images = [
  scaled('big', ['HR', 800, 500], ['T0', 600, 375]),
  scaled('small', ['HR', 399, 400], ['T0', 299, 300]),
];
const cropAll = (options: object, ctx = recorder(), from$ = from(images)) =>
  lastValueFrom(from$.pipe(crop(CropOptions.parse(options), ctx), toArray()));

t.test('too small: reported', async (t) => {
  const ctx = recorder();
  const visits = await cropAll({}, ctx);
  t.same(
    visits.map((v) => [v.source.id, v.windows.length, v.scales.length]),
    [['big', 6, 2]],
  );
  t.same(ctx.notes, ['T0 gives no crop: 600x375 is smaller than a crop of 400x400']);
  t.same(ctx.outcomes, [
    {
      path: '/p/small',
      outcome: 'skipped',
      reason:
        'too small: 399x400 is smaller than a crop of 400x400; in a pipeline file `too_small: pad` would use it',
      notes: ['alpha dropped'],
    },
  ]);
});

t.test('too small: padded', async (t) => {
  const ctx = recorder();
  const visits = await cropAll({ too_small: 'pad' }, ctx);
  t.same(
    visits.map((v) => v.windows.map((w) => `${w.scale.tag} ${w.x},${w.y} ${w.index}`)),
    [
      [
        'HR 0,0 1',
        'HR 200,0 2',
        'HR 400,0 3',
        'HR 0,100 4',
        'HR 200,100 5',
        'HR 400,100 6',
        'T0 0,0 1',
        'T0 200,0 2',
      ],
      ['HR 0,0 1', 'T0 0,0 1'],
    ],
  );
  t.ok(visits.every((v) => v.windows.every((w) => w.width === 400 && w.height === 400)));
  t.match(ctx.notes[0], /^T0 padded by reflection: 600x375/);
  t.same(ctx.outcomes, []);
});

t.test('too small: an error, and always one when nothing is large enough', async (t) => {
  await t.rejects(cropAll({ too_small: 'error' }), {
    code: 'CROP_TOO_LARGE',
    message: 'the image /p/small: 399x400 is smaller than a crop of 400x400',
    remedy: 'Set crop.size (--crop_size) to 399 or less; in a pipeline file, `too_small: pad` helps too.',
    place: { file: '/p/small' },
  });
  const ctx = recorder();
  await t.rejects(cropAll({ size: 600 }, ctx), {
    code: 'CROP_TOO_LARGE',
    message: /no image is as large as a crop; the largest \/p\/big: 800x500 is smaller/,
  });
  t.equal(ctx.outcomes.length, 2);
  t.same(await cropAll({ size: 600 }, recorder(), from([])), []);
});

t.test('without a crop stage the whole image is the window', async (t) => {
  const visits = await lastValueFrom(from(images).pipe(wholeImages(), toArray()));
  t.match(visits[1].windows, [
    { scale: { tag: 'HR' }, x: 0, y: 0, width: 399, height: 400, index: 0 },
    { scale: { tag: 'T0' }, width: 299, height: 300, index: 0 },
  ]);
});
