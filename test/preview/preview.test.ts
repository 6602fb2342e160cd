import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import { readBatches } from '../../src/pipeline/index.js';
import { barsOf } from '../../src/preview/histogram.js';
import {
  contactSheet,
  type PreviewData,
  type PreviewOptions,
  preview,
  previewRows,
  renderPreview,
  trace,
  tracedRow,
} from '../../src/preview/index.js';
import { inWords } from '../../src/preview/words.js';
import type { Batch } from '../../src/training/batch.js';
import fc from '../properties.js';
import { parse } from '../report/parse.js';
import { pixel } from '../report/sample.js';
import { root } from '../root.js';

const temp = mkdtempSync(path.join(os.tmpdir(), 'esrgan-preview-'));
t.teardown(() => rmSync(temp, { recursive: true, force: true }));
const sample = path.join(root, 'datasets', 'sample');

let files = 0;
async function pipelineOf(stages: string, head = ''): Promise<Pipeline> {
  const file = path.join(temp, `p${files++}.yml`);
  const source = JSON.stringify([
    path.join(sample, '{astronaut,coffee}.png'),
    path.join(sample, 'rocket.jpg'),
  ]);
  writeFileSync(
    file,
    `name: looked-at\nseed: 7\nepochs: 2\nworkers: 1\nmemory: 64MiB\n${head}\nsource: { images: ${source} }\nstages:\n${stages}\nsink: { discard: }\n`,
  );
  return loadPipeline(file);
}

const degrade = `  - degrade:
      - gaussian_noise: { sigma: [1, 3] }
        on: gt
        prob: 0.5
      - blur: { sigma: [0.2, 3] }
        prob: 0.7
      - shuffle:
          - gaussian_noise: { sigma: [1, 30], gray_prob: 0.4 }
          - resize: { range: [0.6, 0.9] }
      - one_of:
          - jpeg: { quality: [30, 95] }
            weight: 3
          - blur: { sigma: [0.2, 1] }
      - repeat: { times: [1, 2], steps: [{ gaussian_noise: { sigma: 2 } }] }
`;

const streams = {
  shuffled: `  - multiscale:\n  - crop: { size: 200, step: 150 }\n  - shuffle:\n${degrade}  - batch: { size: 5, gt_size: 64 }`,
  'in order, padded, as Pillow': `  - multiscale: { scales: [0.5], shortest_edge: false, resampler: pillow }\n  - crop: { size: 300, step: 250, too_small: pad }\n${degrade}  - batch: { size: 3, gt_size: 48, use_rot: false }`,
  'by libvips': `  - multiscale: { resampler: vips, hr: false }\n  - crop: { size: 200, step: 200 }\n  - shuffle:\n${degrade}  - batch: { size: 4, gt_size: 32 }`,
};

const reference =
  '  - crop: { size: 200, step: 150 }\n  - shuffle:\n  - degrade: { preset: realesrgan, mode: reference, queue_size: 6 }\n  - batch: { size: 4, gt_size: 64 }';

async function batchesOf(pipeline: Pipeline, startBatch: number, count: number): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of readBatches(pipeline, { startBatch })) {
    found.push({ ...batch, lq: batch.lq.slice(), gt: batch.gt.slice() });
    if (found.length === count) break;
  }
  return found;
}

const rowOf = (data: Uint8Array, size: number, row: number) =>
  data.subarray((row * data.length) / size, ((row + 1) * data.length) / size);

for (const [name, stages] of Object.entries({ ...streams, 'drawn for whole batches': reference })) {
  t.test(`a traced batch holds the bytes that are trained on: ${name}`, async (t) => {
    const pipeline = await pipelineOf(stages);
    for (const batch of await batchesOf(pipeline, 1, 3)) {
      const pairs = await trace(pipeline, { batch: batch.index });
      t.equal(pairs.length, batch.size);
      for (const [row, { record, gt, lq }] of pairs.entries()) {
        t.strictSame(record, batch.rows[row]);
        t.ok(Buffer.compare(gt.data, rowOf(batch.gt, batch.size, row)) === 0, `gt of ${record.id}`);
        t.ok(Buffer.compare(lq.data, rowOf(batch.lq, batch.size, row)) === 0, `lq of ${record.id}`);
      }
    }
  });
}

t.test('a run with a pool ends in little memory, and gives as many pairs as without it', async (t) => {
  const stages = (mode: string) =>
    `  - multiscale:\n  - crop: { size: 200, step: 150 }\n  - shuffle: { memory: 20MiB }\n  - degrade: { steps: [{ resize: { to: lq } }], mode: ${mode}, queue_size: 40 }\n  - batch: { size: 4, gt_size: 32 }`;
  const [plain, mixed] = await Promise.all(
    ['sample', 'reference'].map(async (mode) => {
      const batches = await batchesOf(await pipelineOf(stages(mode)), 0, Number.POSITIVE_INFINITY);
      return batches.flatMap(({ rows }) => rows.map(({ id, epoch }) => `${epoch} ${id}`));
    }),
  );
  t.equal(mixed?.length, plain?.length);
  t.same(
    mixed?.slice(0, 40),
    mixed && [...new Set(mixed.slice(0, 40))],
    'while the pool fills, each comes once',
  );
  const [all, given] = [new Set(plain), new Set(mixed)];
  t.ok([...given].every((id) => all.has(id)));
  t.ok(given.size >= all.size - 40 && given.size < all.size, `${given.size} of ${all.size}`);
});

const shuffled = await pipelineOf(streams.shuffled);

t.test('a pair by its id and epoch, by a row of provenance, or by its record alone', async (t) => {
  const total = (await batchesOf(shuffled, 0, Number.POSITIVE_INFINITY)).findIndex(
    ({ epoch }) => epoch === 1,
  );
  const [batch] = await batchesOf(shuffled, total + 1, 1);
  const expected = rowOf(batch.lq, batch.size, 2);
  const [record] = batch.rows.slice(2);
  t.equal(record.epoch, 1);
  const { id, seed } = record;
  const wanted = [
    { ids: [id], epoch: 1 },
    { ids: [JSON.stringify({ id, seed, epoch: 1, source: '/elsewhere.png', x: 3 })] },
    { ids: [JSON.stringify(record)] },
  ];
  for (const one of wanted) {
    const [pair] = await trace(shuffled, one);
    t.strictSame(pair.record, record);
    t.ok(Buffer.compare(pair.lq.data, expected) === 0);
    t.equal(path.dirname(pair.source), sample);
  }
  const [other] = await trace(shuffled, { ids: [id] });
  t.notSame(other.record.seed, seed, 'another epoch, other draws');
  const changed = { ...record, degradations: [] };
  const [plain] = await trace(shuffled, { ids: [JSON.stringify(changed)] });
  t.strictSame(plain.record, changed, 'the record decides, not the seed');
  t.strictSame(plain.gt.data, plain.original.data);
  t.strictSame(
    plain.steps.map(({ name, params }) => ({ name, params })),
    [{ name: 'resize', params: { to: 'lq', filter: 'bicubic_aa' } }],
    'the final resize is shown too',
  );
});

t.test('an id alone finds the batch whose draws it shares', async (t) => {
  const pipeline = await pipelineOf(reference);
  // The pool is full by then, and gives out pairs that were drawn with another batch.
  const [batch] = await batchesOf(pipeline, 5, 1);
  const [, { id }] = batch.rows;
  const [pair] = await trace(pipeline, { ids: [id] });
  t.strictSame(pair.record, batch.rows[1]);
  t.ok(Buffer.compare(pair.lq.data, rowOf(batch.lq, 4, 1)) === 0);
});

t.test('a step on both before lq is split off is shown once, later once for each', async (t) => {
  const pipeline = await pipelineOf(
    '  - crop: { size: 200, step: 150 }\n  - degrade: [{ blur: { sigma: 1 }, on: both }, { jpeg: }, { blur: { sigma: 2 }, on: both }]',
  );
  const { samples } = await preview(pipeline, { samples: 1, draws: 1 });
  t.strictSame(
    samples[0].steps.map(({ name, of }) => `${name} ${of}`),
    ['blur gt and lq', 'jpeg lq', 'blur gt', 'blur lq', 'resize lq'],
  );
});

t.test('steps lead from the original to gt and lq', async (t) => {
  const pairs = [...(await trace(shuffled, { batch: 0 })), ...(await trace(shuffled, { batch: 1 }))];
  let onGt = 0;
  for (const { record, original, gt, lq, steps } of pairs) {
    const drawn = steps.slice(0, record.degradations.length);
    t.strictSame(
      drawn.map(({ name, params }) => ({ name, params })),
      record.degradations.map(({ name, params }) => ({ name, params })),
    );
    const ofGt = steps.filter(({ picture }) => picture === 'gt');
    onGt += ofGt.length;
    t.strictSame((ofGt.at(-1)?.image ?? original).data, gt.data, 'the last step on gt leaves gt');
    t.strictSame(steps.at(-1)?.image, lq, 'the last step on lq leaves lq');
    for (const { image } of steps) t.equal(image.data.length, 3 * image.width * image.height);
    for (const step of ofGt) t.match(step, { on: 'gt', image: { width: 64, height: 64 } });
  }
  t.ok(onGt > 0 && onGt < pairs.length);
});

t.test('what cannot be traced is an error with a remedy', async (t) => {
  const refused = async (
    wanted: Parameters<typeof trace>[1],
    code: string,
    pattern: RegExp,
    pipeline = shuffled,
  ) => {
    const error = await trace(pipeline, wanted).catch((thrown) => thrown);
    t.match(error, { name: 'EsrganError', code });
    t.match(`${error.message} ${error.remedy}`, pattern);
  };
  await refused({ ids: ['nobody.png@HR:200x200+0+0'] }, 'TRACE_UNKNOWN', /no photograph nobody\.png/);
  await refused({ ids: ['rocket.jpg@HR:200x200+1+0'] }, 'TRACE_UNKNOWN', /rocket\.jpg@HR:200x200\+150\+0/);
  await refused({ ids: ['{"id": 3}'] }, 'TRACE_RECORD', /id:/);
  await refused({ ids: ['{"id": '] }, 'TRACE_RECORD', /JSON/);
  await refused({ batch: 100_000 }, 'TRACE_BATCH', /ends before batch 100000/);
  const whole = await pipelineOf('  - degrade: { preset: bicubic }');
  await refused({ batch: 0 }, 'TRACE_BATCH', /makes no batches/, whole);
  const none = await pipelineOf('  - crop: { size: 200, step: 200 }');
  await refused({ ids: ['x'] }, 'NO_DEGRADE', /degrade/, none);
  const unknownOperator = {
    id: 'rocket.jpg@HR:200x200+0+0',
    augment: { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 64 },
    degradations: [{ name: 'fog', params: {} }],
  };
  await refused({ ids: [JSON.stringify(unknownOperator)] }, 'DEGRADATION_FAILED', /fog/);
});

const look = (options: PreviewOptions = {}) => preview(shuffled, { samples: 3, draws: 400, ...options });

t.test('a preview shows samples of the whole epoch and counts what is drawn', async (t) => {
  const data = await look();
  const batches = await batchesOf(shuffled, 0, Number.POSITIVE_INFINITY);
  const rows = batches.flatMap((batch) => batch.rows.map((record, row) => ({ batch, record, row })));
  const epoch = rows.filter(({ record }) => record.epoch === 0).length;
  t.ok(epoch > 9 && epoch < 400);
  const expected = [0, 1, 2].map((i) => rows[Math.floor((i * epoch) / 3)]);
  t.strictSame(
    data.samples.map(({ id }) => id),
    expected.map(({ record }) => record.id),
  );
  for (const [i, { gt, lq }] of data.samples.entries()) {
    const { batch, row } = expected[i];
    const pixels = await sharp(lq.bytes).raw().toBuffer();
    t.ok(Buffer.compare(pixels, rowOf(batch.lq, batch.size, row)) === 0);
    t.match(gt, { width: 64, height: 64, type: 'image/png' });
  }
  const { draws } = data;
  t.equal(draws.samples, 400);
  const named = draws.operators.map(
    ({ name, occurrence, occurrences, on }) => `${name} ${occurrence}/${occurrences} ${on}`,
  );
  t.strictSame(named, [
    'gaussian_noise 1/3 gt',
    'blur 1/2 lq',
    'gaussian_noise 2/3 lq',
    'resize 1/1 lq',
    'jpeg 1/1 lq',
    'blur 2/2 lq',
    'gaussian_noise 3/3 lq',
  ]);
  // Within 4 standard errors of what the file says.
  const near = (found: number, p: number) =>
    t.ok(Math.abs(found / 400 - p) < 4 * Math.sqrt((p * (1 - p)) / 400), `${found} of 400 for ${p}`);
  const [onGt, blur, noise, resize, jpeg, second, repeated] = draws.operators;
  near(onGt.samples, 0.5);
  near(blur.samples, 0.7);
  t.equal(noise.samples, 400);
  t.equal(resize.samples, 400);
  near(jpeg.samples, 0.75);
  t.equal(jpeg.samples + second.samples, 400);
  near(repeated.applied - 400, 0.5);
  t.equal(repeated.samples, 400);
  const factor = resize.parameters.find(({ numbers }) => numbers.length > 0);
  t.ok(factor?.numbers.every((s) => s >= 0.6 && s <= 0.9));
  const gray = noise.parameters.find(({ name }) => name === 'gray');
  near(gray?.words.find(([word]) => word === 'yes')?.[1] ?? 0, 0.4);
  t.equal(
    draws.scales.reduce((sum, [, n]) => sum + n, 0),
    400,
  );
  t.notOk(JSON.stringify(draws.operators).includes('seed'), 'seeds of noise are not shown');
});

t.test('the page: the same data, the same text; every step with its words; well-formed', async (t) => {
  const data = await look();
  const text = renderPreview(data);
  t.equal(renderPreview(await look()), text);
  const elements = parse(text);
  const body = elements.find(({ name }) => name === 'body')?.text ?? '';
  const pictures = elements.filter(({ name }) => name === 'img');
  const expected = data.samples.reduce((sum, s) => sum + 3 + s.steps.length + (s.original ? 1 : 0), 0);
  t.equal(pictures.length, expected);
  for (const { attributes } of pictures) {
    t.match(attributes.src, /^data:image\/(png|jpeg);base64,/);
    t.ok(attributes.alt);
  }
  for (const { steps } of data.samples) for (const { words } of steps) t.ok(body.includes(words), words);
  t.match(text, /Content-Security-Policy" content="default-src &#39;none&#39;/);
  t.notMatch(text, /<script|https?:(?!\/\/www\.w3)/);
  t.match(body, /third gaussian noise in 100% of the samples, 1\.5 times each/);
  t.ok(elements.filter(({ attributes }) => attributes.class === 'histogram').length >= 6);
});

function hostile(word: string): PreviewData {
  const image = { width: 1, height: 1, type: 'image/png', bytes: pixel } as const;
  const failed = [{ id: word, reason: word }];
  const tally = [
    [word, 3],
    ['b', 1],
  ] as const;
  return {
    pipeline: { name: word, text: word },
    seed: 1,
    scale: 4,
    failed,
    version: word,
    command: word,
    samples: [
      {
        id: word,
        epoch: 0,
        cut: word,
        original: image,
        gt: image,
        lq: image,
        warnings: [word],
        steps: [{ name: word, words: word, of: word, image }],
      },
    ],
    draws: {
      samples: 4,
      failed,
      scales: tally,
      orientations: tally,
      operators: [
        {
          name: word,
          occurrence: 1,
          occurrences: 1,
          on: 'gt',
          samples: 4,
          applied: 4,
          parameters: [
            { name: word, numbers: [1, 2], words: tally },
            { name: word, numbers: [], words: [[word, 4]] },
          ],
        },
      ],
    },
  };
}

t.test('no string can change the structure of the page', async () => {
  const skeleton = (word: string): string =>
    parse(renderPreview(hostile(word)))
      .filter(({ attributes }) => attributes.class !== 'unseen')
      .map(({ name, attributes }) => `${name} ${Object.keys(attributes).join(' ')}`)
      .join('\n');
  const expected = skeleton('plain');
  const nasty = ['<script>', '" onload="x', "'>", '</style>', '</pre>', '&lt;', '<!--', '\0\u001b', '\ud800'];
  const word = fc.array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary' })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      word.map((parts) => `w${parts.join('')}`.replaceAll('/', '|')),
      (name) => skeleton(name) === expected,
    ),
    { numRuns: 100 },
  );
});

t.test('a sample that fails is named, and the preview goes on', async (t) => {
  const plugin = path.join(temp, 'picky.mjs');
  writeFileSync(
    plugin,
    `import { z } from 'zod';
     export default { name: 'picky', options: z.strictObject({}), sample: () => ({}), reach: () => 0,
       apply(image, params, ctx) { ctx.warn('seen'); if (image.data[0] > 0.4) throw new Error('too bright'); return image; } };`,
  );
  const picky = await pipelineOf(
    `  - crop: { size: 200, step: 150 }\n  - shuffle:\n  - degrade: [{ use: ${JSON.stringify(plugin)} }]`,
  );
  const data = await preview(picky, { samples: 12, draws: 20 });
  t.ok(data.failed.length > 0 && data.samples.length > 0);
  t.equal(data.failed.length + data.samples.length, 12);
  for (const { id, reason } of data.failed)
    t.match(reason, new RegExp(`picky.*${id.replace(/[+.]/g, '\\$&')}.*too bright`));
  t.strictSame(data.samples[0].warnings, ['picky: seen']);
  t.match(renderPreview(data), new RegExp(`${data.failed.length} of 12 samples failed`));
});

t.test('contact sheets: a row a sample, a cell a picture, at most eight beside one another', async (t) => {
  const data = await look();
  const sheet = await sharp(await contactSheet(previewRows(data))).metadata();
  const cells = data.samples.map(({ steps, original }) => 2 + steps.length + (original ? 1 : 0));
  const columns = Math.min(8, Math.max(...cells));
  t.equal(sheet.width, 8 + columns * 264);
  const lines = cells.reduce((sum, n) => sum + Math.ceil(n / columns), 0);
  t.equal(sheet.height, 8 + 3 * (28 + 8) + lines * 312);
  const [pair] = await trace(shuffled, { batch: 0 });
  const strip = sharp(await contactSheet([await tracedRow(pair)]));
  const { data: pixels, info } = await strip.raw().toBuffer({ resolveWithObject: true });
  // The first cell begins below the heading; 64 pixels are enlarged to 256 by repeating them.
  const at = (x: number, y: number) => [
    ...pixels.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  const first = pair.steps.some(({ on }) => on !== 'lq') ? pair.original : pair.gt;
  for (const [x, y] of [
    [0, 0],
    [63, 5],
    [20, 63],
  ])
    for (const [dx, dy] of [
      [0, 0],
      [3, 3],
    ])
      t.strictSame(at(8 + 4 * x + dx, 36 + 4 * y + dy), [
        ...first.data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3),
      ]);
});

t.test('parameters in words', async (t) => {
  const said = (params: unknown) => inWords(params);
  t.equal(said({ kernel: 'iso', size: 7, sigma: 1.23456, seed: 'ab' }), 'kernel iso, size 7, sigma 1.23');
  t.equal(said({ sigma: [0.5, 2.25], gray: true, flat: false }), 'sigma 0.5 / 2.25, gray');
  t.equal(
    said({ sub_pixel: { dx: 0.0001, seed: 'a' }, to: 'bicubic_aa' }),
    'sub pixel dx 1.0e-4, to bicubic_aa',
  );
  t.equal(said({ kernel: [1, 2, 3, 4, 5] }), 'kernel 5 values');
  t.equal(said(3), 'value 3');
  t.equal(said({}), '');
});

t.test('bars cover all numbers: whole ones one by one where they are few', async (t) => {
  t.strictSame(barsOf([]), []);
  t.strictSame(barsOf([2, 2]), [{ low: 2, high: 2, count: 2 }]);
  t.strictSame(barsOf([7, 9, 13, 9]), [
    { low: 7, high: 7, count: 1 },
    { low: 9, high: 9, count: 2 },
    { low: 11, high: 11, count: 0 },
    { low: 13, high: 13, count: 1 },
  ]);
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (numbers) => {
      const bars = barsOf(numbers);
      const sum = bars.reduce((total, { count }) => total + count, 0);
      const within = bars.every(({ low, high, count }) => low <= high && count >= 0);
      return sum === numbers.length && within && bars.length <= 24 && bars[0].low === Math.min(...numbers);
    }),
  );
});
