import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import type { RunEvent } from '../../src/events.js';
import { planPipeline, readBatches, runPipeline } from '../../src/pipeline/index.js';
import type { Batch } from '../../src/training/batch.js';
import { fixture, root } from '../root.js';

const temp = mkdtempSync(path.join(os.tmpdir(), 'esrgan-stream-'));
const sample = path.join(root, 'datasets', 'sample');
const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

let files = 0;
async function pipelineOf(text: string): Promise<Pipeline> {
  const file = path.join(temp, `p${files++}.yml`);
  writeFileSync(file, text);
  return loadPipeline(file);
}

const training = (
  options: { images?: string; workers?: number; memory?: string; seed?: number; shuffle?: string } = {},
): Promise<Pipeline> =>
  pipelineOf(`
name: test
seed: ${options.seed ?? 0}
workers: ${options.workers ?? 2}
memory: ${options.memory ?? '64MiB'}
epochs: 3
source: { images: ${JSON.stringify(options.images ?? `${sample}/*.{png,jpg}`)} }
stages:
  - multiscale:
  - crop: { size: 200, step: 150 }
  ${options.shuffle ?? '- shuffle:'}
  - degrade: [ { blur: { sigma: [0.2, 3] } }, { gaussian_noise: { sigma: [1, 30], gray_prob: 0.4 }, prob: 0.5 }, { jpeg: { quality: [30, 95] } } ]
  - batch: { size: 6, gt_size: 64 }
sink: { discard: }
`);

interface Seen {
  readonly index: number;
  readonly ids: readonly string[];
  readonly bytes: string;
}

const seen = ({ index, rows, lq, gt }: Batch): Seen => ({
  index,
  ids: rows.map((row) => row.id),
  bytes: hash(lq) + hash(gt),
});

async function firstBatches(pipeline: Pipeline, count: number, startBatch = 0): Promise<Seen[]> {
  const result: Seen[] = [];
  for await (const batch of readBatches(pipeline, { startBatch })) {
    result.push(seen(batch));
    if (result.length === count) break;
  }
  return result;
}

t.test('the same batches with 1, 2 and 4 workers, and from the middle', async (t) => {
  const one = await firstBatches(await training({ workers: 1 }), 50);
  t.equal(one.length, 50);
  t.same(
    one.map(({ index }) => index),
    one.map((_, i) => i),
  );
  t.same(await firstBatches(await training({ workers: 2 }), 50), one);
  t.same(await firstBatches(await training({ workers: 4 }), 50), one);
  t.same(await firstBatches(await training({ workers: 2 }), 25, 25), one.slice(25));
  t.not(
    (await firstBatches(await training({ seed: 1 }), 1))[0].ids.join(),
    one[0].ids.join(),
    'another seed, another order',
  );
  t.equal(new Set(one.map(({ bytes }) => bytes)).size, 50);
});

t.test(
  'a batch is uint8 NHWC with gt and lq of the announced shapes, and gt is cut from the photograph itself',
  async (t) => {
    for await (const batch of readBatches(await training())) {
      t.same(batch.lqShape, [6, 16, 16, 3]);
      t.same(batch.gtShape, [6, 64, 64, 3]);
      t.equal(batch.lq.length, 6 * 16 * 16 * 3);
      t.equal(batch.rows.length, 6);
      const place = batch.rows.findIndex(
        (row) => /@HR:/.test(row.id) && !row.augment.hflip && !row.augment.vflip && !row.augment.rot90,
      );
      if (place < 0) continue;
      const { id, augment } = batch.rows[place];
      const [, name, x, y] = /^(.+)@HR:200x200\+(\d+)\+(\d+)$/.exec(id) as RegExpExecArray;
      const expected = await sharp(path.join(sample, name))
        .removeAlpha()
        .extract({ left: Number(x) + augment.x, top: Number(y) + augment.y, width: 64, height: 64 })
        .raw()
        .toBuffer();
      t.equal(
        hash(batch.gt.subarray(place * expected.length, (place + 1) * expected.length)),
        hash(expected),
      );
      break;
    }
  },
);

t.test('every sample of an epoch comes exactly once, shuffled or not', async (t) => {
  for (const shuffle of ['- shuffle:', '- metadata: { }']) {
    const pipeline = { ...(await training({ shuffle })), epochs: 1 };
    const plan = await planPipeline(pipeline);
    const ids: string[] = [];
    for await (const batch of readBatches(pipeline)) ids.push(...batch.rows.map((row) => row.id));
    t.equal(ids.length, plan.crops);
    t.equal(new Set(ids).size, plan.crops);
  }
});

t.test('a broken image does not shift the batches after it, is named, and the run goes on', async (t) => {
  const folder = path.join(temp, 'broken');
  mkdirSync(folder);
  for (const name of ['astronaut.png', 'coffee.png', 'raccoon.png'])
    cpSync(path.join(sample, name), path.join(folder, name));
  const clean = await firstBatches(await training({ images: folder }), 40);
  const data = readFileSync(path.join(folder, 'coffee.png'));
  writeFileSync(path.join(folder, 'coffee.png'), data.subarray(0, data.length / 2));
  const events: RunEvent[] = [];
  const pipeline = await training({ images: folder });
  const after: Seen[] = [];
  for await (const batch of readBatches(pipeline, { onEvent: (event) => events.push(event) })) {
    after.push(seen(batch));
    if (after.length === 40) break;
  }
  for (const [i, batch] of after.entries()) {
    const whole = clean[i];
    t.same(
      batch.ids.filter((_, row) => !whole.ids[row].startsWith('coffee')),
      whole.ids.filter((id) => !id.startsWith('coffee')),
    );
  }
  const failed = events.filter((event) => event.type === 'file' && event.outcome === 'failed');
  t.equal(failed.length, 1);
  t.match(failed[0], { path: path.join(folder, 'coffee.png'), reason: /truncated|cut|end/i });
});

t.test('the awkward inputs are all counted and named, and the counts add up', async (t) => {
  const folder = path.join(temp, 'bad');
  mkdirSync(folder);
  execFileSync('tar', ['-xf', fixture('bad', 'files.tar'), '-C', folder]);
  const pipeline = await pipelineOf(`
name: bad
memory: 64MiB
source: { images: ${JSON.stringify(folder)} }
stages: [{ crop: { size: 400, step: 200 } }]
sink: { discard: }
`);
  const plan = await planPipeline(pipeline);
  const summary = await runPipeline(pipeline).done;
  const count = (outcome: string) => summary.files.filter((file) => file.outcome === outcome).length;
  t.equal(summary.files.length, plan.files);
  t.equal(count('used') + count('skipped') + count('failed'), summary.files.length);
  t.equal(new Set(summary.files.map((file) => file.path)).size, summary.files.length, 'each once');
  t.ok(count('used') >= 15 && count('failed') + count('skipped') >= 10, `used ${count('used')}`);
  for (const file of summary.files)
    if (file.outcome !== 'used') t.ok(file.reason && file.reason.length > 5, file.path);
  t.equal(
    summary.crops,
    summary.files.reduce((sum, file) => sum + (file.outcome === 'used' ? file.crops : 0), 0),
  );
});

t.test('sub-images: names, number and pixels of the original chain', async (t) => {
  const { folders } = JSON.parse(readFileSync(fixture('subimages', 'manifest.json'), 'utf8'));
  const out = path.join(temp, 'sub');
  const summary = await runPipeline(
    await pipelineOf(`
name: sub
source: { images: ${JSON.stringify(fixture('subimages', 'HR'))} }
stages: [{ multiscale: { resampler: pillow, upscale: true } }, { crop: { size: 400, step: 200 } }]
sink: { write: { folder: ${JSON.stringify(out)} } }
`),
  ).done;
  const expected: { name: string; sha256: string }[] = [
    ...folders.DF2K_HR_sub,
    ...folders.DF2K_multiscale_sub,
  ];
  t.same(
    readdirSync(out)
      .filter((name) => !name.startsWith('.'))
      .sort(),
    expected.map(({ name }) => name).sort(),
  );
  t.equal(summary.written?.files, expected.length);
  for (const { name, sha256 } of expected) {
    const pixels = await sharp(path.join(out, name)).raw().toBuffer();
    if (hash(pixels) !== sha256) t.fail(`${name} has other pixels`);
  }
});

t.test('a stopped run leaves whole provenance and can be gone on with', async (t) => {
  const provenance = path.join(temp, 'provenance.jsonl');
  const stop = new AbortController();
  const pipeline = await pipelineOf(`
name: stop
source: { images: ${JSON.stringify(sample)}, exclude: '**/*.md' }
stages: [{ multiscale: }, { crop: { size: 200, step: 50 } }, { metadata: { provenance: ${JSON.stringify(provenance)}, meta_info: ${JSON.stringify(path.join(temp, 'meta_info.txt'))} } }]
sink: { discard: { sleep_ms: 2 } }
`);
  const run = runPipeline(pipeline, { signal: stop.signal });
  run.events.subscribe((event) => event.type === 'first' && setTimeout(() => stop.abort(), 300));
  const summary = await run.done;
  t.equal(summary.stopped, true);
  const lines = readFileSync(provenance, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.equal(lines.length, summary.crops);
  t.ok(summary.crops > 10 && summary.crops < 3000, `${summary.crops} crops`);
  t.match(lines[0], {
    id: 'astronaut.png@HR:200x200+0+0',
    source_size: [512, 512],
    scale: 'HR',
    x: 0,
    y: 0,
    width: 200,
    seed: /^[0-9a-f]{16}$/,
  });
  t.equal(
    readFileSync(path.join(temp, 'meta_info.txt'), 'utf8').split('\n')[0],
    'astronaut_s001.png (200,200,3)',
  );
  t.ok(summary.files.some((file) => file.reason === 'not reached before the run ended'));
});

t.test('memory in use does not depend on the number of images or the speed of the sink', async (t) => {
  const folder = path.join(temp, 'links');
  mkdirSync(folder);
  for (let i = 0; i < 60; i++) symlinkSync(path.join(sample, 'retina.jpg'), path.join(folder, `${i}.jpg`));
  const pipeline = await pipelineOf(`
name: memory
memory: 64MiB
source: { images: ${JSON.stringify(folder)} }
stages: [{ multiscale: }, { crop: { size: 400, step: 200 } }, { shuffle: }, { degrade: { preset: bicubic } }, { batch: { size: 4, gt_size: 64 } }]
sink: { discard: { sleep_ms: 1 } }
`);
  const run = runPipeline(pipeline);
  let most = 0;
  let pairs = 0;
  run.events.subscribe((event) => {
    if (event.type !== 'stats') return;
    most = Math.max(most, event.stages.find((stage) => stage.stage === 'decode')?.bytes ?? 0);
    pairs = Math.max(pairs, event.stages.find((stage) => stage.stage === 'batch')?.bytes ?? 0);
  });
  const summary = await run.done;
  t.equal(summary.crops, 60 * 88);
  t.ok(most > 0 && most <= 48 * 2 ** 20, `${most} bytes of images at most`);
  t.ok(pairs <= 5 * 4 * 64 * 64 * 3 * 1.0625, `${pairs} bytes of pairs at most`);
  const decode = summary.stages.find((stage) => stage.stage === 'decode');
  t.ok(decode && decode.in < 2 * 60, 'each source is decoded once, those that fill the memory twice');
  t.equal(decode?.bytes, 0, 'everything was given back');
});

t.test('mistakes end with one error that says what to do', async (t) => {
  const small = await pipelineOf(`
name: small
source: { images: ${JSON.stringify(path.join(sample, 'chelsea.png'))} }
stages: [{ crop: { size: 400, step: 200 } }]
sink: { discard: }
`);
  await t.rejects(runPipeline(small).done, {
    name: 'EsrganError',
    code: 'CROP_TOO_LARGE',
    remedy: /crop.size/,
  });
  const plugin = await pipelineOf(`
name: plugin
source: { images: ${JSON.stringify(sample)} }
stages: [{ crop: { size: 200, step: 200 } }, { degrade: [ { use: ./nothing.js } ] }, { batch: { gt_size: 64 } }]
sink: { discard: }
`);
  await t.rejects(runPipeline(plugin).done, { code: 'PLUGIN_MISSING' });
  t.notOk(existsSync(path.join(temp, 'nothing.js')));
});
