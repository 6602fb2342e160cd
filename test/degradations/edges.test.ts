import sharp from 'sharp';
import t from 'tap';
import { z } from 'zod';
import { avif } from '../../src/degradations/avif/index.js';
import { floatToBytes } from '../../src/degradations/convert.js';
import { drawChain } from '../../src/degradations/draw.js';
import { degradations } from '../../src/degradations/index.js';
import { createRng } from '../../src/random/rng.js';
import { compileChain } from '../../src/stages/degrade/compile.js';
import { DegradeOptions } from '../../src/stages/degrade/options.js';
import { context, maxDifference, randomImage } from './images.js';

/** An option that takes `[low, high]`, with the least and the greatest number that it takes. */
interface RangeOption {
  readonly key: string;
  readonly least: number;
  readonly most: number;
}

const Limits = z.looseObject({
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
});
const RangeSchema = z.looseObject({
  anyOf: z.tuple([Limits, z.looseObject({ prefixItems: z.tuple([Limits, Limits]) })]),
});
const ObjectSchema = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

function rangesOf(options: unknown): RangeOption[] {
  const { properties } = ObjectSchema.parse(z.toJSONSchema(options as z.ZodType, { io: 'input' }));
  return Object.entries(properties).flatMap(([key, schema]) => {
    const range = RangeSchema.safeParse(schema);
    if (!range.success) return [];
    const [{ minimum, exclusiveMinimum = 0, maximum, exclusiveMaximum = 1 }] = range.data.anyOf;
    return [{ key, least: minimum ?? exclusiveMinimum + 1e-3, most: maximum ?? exclusiveMaximum - 1e-3 }];
  });
}

/** What an operator needs besides, so that each of its options has an effect. */
const bases: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  blur: [
    'iso',
    'aniso',
    'generalized_iso',
    'generalized_aniso',
    'plateau_iso',
    'plateau_aniso',
    'box',
    'motion',
    'lens',
    'median',
  ].map((family) => ({ kernels: { [family]: 1 } })),
  resize: ['area', 'bilinear', 'bicubic', 'nearest', 'bicubic_aa', 'lanczos3', 'box'].map((filters) => ({
    range: [0.5, 1.5],
    filters,
  })),
  jpeg: [{}, { form: 'model' }, { subsampling: '4:4:4' }, { subsampling: '4:2:2' }],
  dither: [{}, { type: 'bayer' }, { type: 'atkinson' }],
  scanline: [{}, { pattern: 'sin', vertical_prob: 1 }],
  screentone: [{}, { color: 'cmyk', dot: 'cross' }, { color: 'rgb', dot: 'line' }],
  shift: [{}, { space: 'yuv' }, { whole: true }],
  chroma_subsampling: [{}, { subsampling: '4:1:0' }],
};

const sizes = [
  [1, 1],
  [1, 7],
  [9, 1],
  [5, 3],
  [17, 22],
] as const;

for (const [name, operator] of degradations) {
  const ranges = rangesOf(operator.options);

  t.test(`${name}: ranges given backwards are errors`, async (t) => {
    for (const { key, least, most } of ranges) {
      const base = { ...bases[name]?.[0], [key]: [most, least] };
      const result = await operator.options['~standard'].validate(base);
      t.match(result.issues?.[0]?.message, /backwards/, key);
      t.same(result.issues?.[0]?.path, [key]);
    }
  });

  t.test(`${name}: the ends of its ranges, on pictures of any size`, async (t) => {
    for (const base of bases[name] ?? [{}]) {
      const extremes = ranges.flatMap(({ key, least, most }) => [least, most].map((end) => ({ [key]: end })));
      for (const extreme of [{}, ...extremes]) {
        const parsed = await operator.options['~standard'].validate({ ...base, ...extreme });
        // Levels from 255 to 240 are refused as well.
        if (parsed.issues && name === 'color') continue;
        if (parsed.issues) throw new Error(JSON.stringify([base, extreme, parsed.issues]));
        for (const [width, height] of sizes) {
          const info = { id: 'edge', width, height, scale: 1 };
          const ctx = context(info, 1);
          const params = operator.sample(createRng(`${width}`), parsed.value, info);
          const revived = JSON.parse(JSON.stringify(params));
          const what = `${JSON.stringify({ ...base, ...extreme })} ${width}x${height}`;
          const made = await operator.apply(randomImage(width, height), params, ctx);
          const again = await operator.apply(randomImage(width, height), revived, ctx);
          t.match(made, operator.size?.(params, info, ctx) ?? { width, height }, what);
          t.ok(made.data.every(Number.isFinite), what);
          t.equal(maxDifference(made.data, again.data), 0, what);
        }
      }
    }
  });
}

t.test('most operators have ranges', async (t) => {
  const without = [...degradations].filter(([, { options }]) => rangesOf(options).length === 0);
  t.same(
    without.map(([name]) => name),
    ['usm_sharpen', 'chroma_subsampling'],
  );
});

t.test('probability 0 is never and 1 always, of every operator and group', async (t) => {
  for (const name of degradations.keys()) {
    const step = { [name]: bases[name]?.[0] ?? {} };
    const never = { ...step, prob: 0 };
    const steps = [
      { ...step, prob: 1 },
      never,
      { one_of: [{ ...step, weight: 0 }, { jpeg: { quality: 50 } }], prob: 1 },
      { shuffle: [step, never], prob: 0 },
      { repeat: { times: 2, steps: [never, step] } },
    ];
    const chain = await compileChain(DegradeOptions.parse(steps), '.');
    for (let i = 0; i < 50; i++) {
      const drawn = drawChain(chain, `${i}`, { id: 'a', width: 20, height: 20, scale: 2 });
      t.same(
        drawn.map((one) => one.name),
        [name, 'jpeg', name, name],
      );
    }
  }
});

t.test('avif is what sharp gives, on any number of threads', async (t) => {
  const [width, height] = [70, 33];
  const threads = sharp.concurrency();
  for (const [quality, effort, subsampling] of [
    [1, 0, '4:2:0'],
    [60, 2, '4:4:4'],
    [100, 0, '4:4:4'],
  ] as const) {
    const bytes = new Uint8Array(3 * width * height);
    floatToBytes(randomImage(width, height), { x: 0, y: 0, width, height }, bytes);
    const file = await sharp(bytes, { raw: { width, height, channels: 3 } })
      .avif({ quality, effort, chromaSubsampling: subsampling })
      .toBuffer();
    const expected = await sharp(file).removeAlpha().raw().toBuffer();
    for (const count of [1, 4]) {
      sharp.concurrency(count);
      const image = randomImage(width, height);
      const made = await avif.apply(image, { quality, effort, subsampling }, context({ width, height }));
      floatToBytes(made, { x: 0, y: 0, width, height }, bytes);
      t.equal(maxDifference(bytes, expected), 0, `quality ${quality}, ${count} threads`);
    }
  }
  sharp.concurrency(threads);
});
