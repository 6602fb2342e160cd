import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { loadOptions } from '../../src/config/basicsr/load.js';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import type { Pipeline } from '../../src/config/pipeline-file.js';
import { printPipeline } from '../../src/config/print-pipeline.js';
import type { FileOutcome } from '../../src/events.js';
import { readBatches } from '../../src/pipeline/batches.js';
import { published } from './published.js';

const scale = 4;

/** Noise as a picture of `width` x `height`. */
function noise(width: number, height: number, seed: number): Buffer {
  let state = seed;
  return Buffer.from(
    Array.from({ length: 3 * width * height }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    }),
  );
}

/** An lq of noise, and a gt in which each of its pixels is a block: whatever is cut, they must fit. */
async function pair(gt: string, lq: string, width: number, height: number, seed: number): Promise<void> {
  const raw = { width, height, channels: 3 } as const;
  const small = sharp(noise(width, height, seed), { raw });
  await small.clone().png().toFile(lq);
  await small
    .resize(scale * width, scale * height, { kernel: 'nearest' })
    .png()
    .toFile(gt);
}

async function folders(t: Test): Promise<{ work: string; gt: string; lq: string }> {
  const work = await mkdtemp(path.join(tmpdir(), 'esrgan-pairs-'));
  t.teardown(() => rm(work, { recursive: true, force: true }));
  const [gt, lq] = [path.join(work, 'gt'), path.join(work, 'lq')];
  await mkdir(path.join(gt, 'sub'), { recursive: true });
  await mkdir(path.join(lq, 'sub'), { recursive: true });
  return { work, gt, lq };
}

interface Seen {
  readonly ids: string[];
  readonly files: FileOutcome[];
  /** Pairs in which an lq pixel is not that of its block in gt. */
  readonly torn: string[];
}

async function look(pipeline: Pipeline, batches: number): Promise<Seen> {
  const seen: Seen = { ids: [], files: [], torn: [] };
  const onEvent = (event: { readonly type: string }): void => {
    if (event.type === 'file') seen.files.push(event as unknown as FileOutcome);
  };
  let left = batches;
  for await (const { lq, gt, lqShape, rows } of readBatches(pipeline, { onEvent })) {
    const [, height, width] = lqShape;
    for (const [i, row] of rows.entries()) {
      seen.ids.push(row.id);
      const [small, large] = [3 * width * height, 3 * width * height * scale ** 2];
      const whole = Array.from({ length: small }, (_, at) => {
        const [x, y, c] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3];
        const block = gt[i * large + 3 * ((scale * y + 1) * width * scale + scale * x + 2) + c];
        return lq[i * small + at] === block;
      });
      if (!whole.every(Boolean)) seen.torn.push(row.id);
    }
    if (--left === 0) break;
  }
  return seen;
}

t.test('pairs of two folders are turned and cut alike', async (t) => {
  const { work, gt, lq } = await folders(t);
  await pair(path.join(gt, 'a.png'), path.join(lq, 'a.png'), 40, 24, 1);
  await pair(path.join(gt, 'sub', 'b.png'), path.join(lq, 'sub', 'b.png'), 33, 37, 2);
  await pair(path.join(gt, 'alone.png'), path.join(work, 'elsewhere.png'), 30, 30, 3);
  await pair(path.join(gt, 'wrong.png'), path.join(work, 'wrong.png'), 30, 30, 4);
  await sharp(noise(29, 30, 5), { raw: { width: 29, height: 30, channels: 3 } }).toFile(
    path.join(lq, 'wrong.png'),
  );
  const options = path.join(work, 'options.yml');
  await writeFile(
    options,
    published('finetune_realesrgan_x4plus_pairdata')
      .replace('dataroot_gt: datasets/DF2K', `dataroot_gt: ${gt}`)
      .replace('dataroot_lq: datasets/DF2K', `dataroot_lq: ${lq}`),
  );
  const force = [
    'datasets:train:meta_info=~',
    'datasets:train:gt_size=64',
    'datasets:train:batch_size_per_gpu=3',
  ];
  const { pipeline } = await loadOptions(options, { force: [...force, 'datasets:train:use_rot=true'] });
  t.strictSame(Object.keys(pipeline.stages), ['shuffle', 'batch']);
  const whole = await look(pipeline, 12);
  t.equal(whole.ids.length, 36);
  t.strictSame([...new Set(whole.ids)].sort(), ['a.png@HR:160x96+0+0', 'sub/b.png@HR:132x148+0+0']);
  t.strictSame(whole.torn, []);
  const failed = whole.files.filter(({ outcome }) => outcome === 'failed');
  t.match(Object.fromEntries(failed.map((f) => [path.basename(f.path), f.reason])), {
    'alone.png': /^its lq .*alone.png: there is no such file|^its lq .*alone\.png/,
    'wrong.png': /^it is 120x120, and its lq is 29x30, not 1\/4 of that/,
  });

  const text = (await loadOptions(options, { force })).input;
  const file = path.join(work, 'pipeline.yml');
  await writeFile(file, printPipeline(text, []));
  const { sink, ...loaded } = await loadPipeline(file);
  t.equal(loaded.source.dataroot_lq, lq);
  const crops = {
    ...loaded,
    sink,
    stages: { ...loaded.stages, crop: { size: 80, step: 40, threshold: 0, too_small: 'report' as const } },
  };
  const cut = await look(crops, 8);
  t.ok(cut.ids.includes('sub/b.png@HR:80x80+52+68'), 'the windows flush with the border');
  t.strictSame(cut.torn, []);
});

t.test('pairs of a list, and of names with a template', async (t) => {
  const { work, gt, lq } = await folders(t);
  await pair(path.join(gt, 'a b.png'), path.join(lq, 'sub', 'other.png'), 20, 20, 1);
  await pair(path.join(gt, 'c.png'), path.join(lq, 'cx4.png'), 20, 20, 2);
  await writeFile(path.join(work, 'list.txt'), 'gt/a b.png, lq/sub/other.png\n');
  const source = (more: string) => `name: test
source: { ${more} }
stages: [batch: { size: 2, gt_size: 32 }]
sink: { discard: }
`;
  const file = path.join(work, 'p.yml');
  await writeFile(file, source(`meta_info: list.txt, dataroot_gt: ., dataroot_lq: .`));
  const listed = await look(await loadPipeline(file), 1);
  t.match(listed, { torn: [], ids: ['gt/a b.png@HR:80x80+0+0'] });
  await writeFile(file, source(`images: gt, dataroot_lq: lq, filename_tmpl: "{}x4"`));
  const named = await look(await loadPipeline(file), 1);
  t.match(named, { torn: [], ids: ['c.png@HR:80x80+0+0'] });

  const refused: [string, string, RegExp][] = [
    [
      'stages: [',
      'stages: [multiscale: {}, ',
      /multiscale: lq is given \(source.dataroot_lq\): leave this stage out/,
    ],
    [
      'stages: [',
      'stages: [crop: { size: 30, step: 32 }, ',
      /crop.size: must be a multiple of scale \(4\), but is 30/,
    ],
    ['stages: [', 'stages: [crop: { too_small: pad }, ', /crop.too_small: pairs are not padded/],
    ['"{}x4"', '"x4"', /filename_tmpl is the text "x4"; write \{\} where/],
  ];
  const good = source(`images: gt, dataroot_lq: lq, filename_tmpl: "{}x4"`);
  for (const [from, to, message] of refused) {
    await writeFile(file, good.replace(from, to));
    await t.rejects(loadPipeline(file), { code: 'CONFIG_INVALID', message }, to);
  }
});
