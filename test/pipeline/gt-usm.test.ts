import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { createImagePool } from '../../src/degradations/image-pool.js';
import { sharpenBytes } from '../../src/degradations/usm_sharpen/bytes.js';
import { useEngine } from '../../src/engines/index.js';
import { loadPipeline, readBatches } from '../../src/index.js';
import { picturesOf } from '../../src/training/step/pictures.js';
import { root } from '../root.js';

const text = (l1: boolean): string => `
name: usm
scale: 4
source: { images: ${JSON.stringify(path.join(root, 'datasets/sample/rocket.jpg'))} }
stages:
  - crop: { size: 128, step: 128 }
  - degrade: { preset: bicubic }
  - batch: { size: 3, gt_size: 64 }
sink:
  train:
    network_g: { type: SRVGGNetCompact, num_feat: 4, num_conv: 1, upscale: 4 }
    l1_gt_usm: ${l1}
    train: { total_iter: 4, pixel_opt: { type: L1Loss } }
`;

const folder = t.testdir();

const read = async (l1: boolean) => {
  const file = path.join(folder, `usm-${l1}.yml`);
  writeFileSync(file, text(l1));
  const pipeline = await loadPipeline(file);
  const batches = [];
  for await (const batch of readBatches(pipeline)) {
    const { lq, gt, gt_usm } = batch;
    batches.push({ ...batch, lq: lq.slice(), gt: gt.slice(), gt_usm: gt_usm?.slice() });
    if (batches.length === 4) break;
  }
  return batches;
};

t.test('workers sharpen gt when a loss compares with that', async (t) => {
  const [sharpened, plain] = [await read(true), await read(false)];
  t.equal(sharpened.length, 4);
  const pool = createImagePool();
  let changed = 0;
  for (const [b, { gt, gt_usm, gtShape }] of sharpened.entries()) {
    t.same(gt, plain[b].gt, 'gt itself stays as it is');
    const length = gt.length / gtShape[0];
    const expected = new Uint8Array(gt.length);
    for (let at = 0; at < gt.length; at += length)
      sharpenBytes(
        gt.subarray(at, at + length),
        { width: 64, height: 64 },
        pool,
        expected.subarray(at, at + length),
      );
    t.same(gt_usm, expected);
    changed += expected.filter((value, i) => value !== gt[i]).length;
  }
  t.ok(changed > 1000, `${changed} values differ from gt`);
  t.ok(plain.every(({ gt_usm }) => gt_usm === undefined));
});

t.test('a batch without it is sharpened by the trainer, to the same values', async (t) => {
  const [batch] = await read(true);
  await useEngine('cpu');
  const usm = { l1: true, percep: false, gan: false };
  const [given, own] = [batch, { ...batch, gt_usm: undefined }].map((each) => picturesOf(each, usm));
  t.same(await own.l1.data(), await given.l1.data());
  t.same(await own.gan.data(), await given.gan.data());
  t.not(own.l1, own.gan);
});
