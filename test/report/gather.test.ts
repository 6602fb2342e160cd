import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { loadOptions } from '../../src/config/basicsr/load.js';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import { hashOf, optionsOf } from '../../src/pipeline/report-options.js';
import { SavedPictures } from '../../src/pipeline/report-scenes.js';
import { withoutSignatures } from '../../src/pipeline/without-signatures.js';
import { SoFar } from '../../src/report/index.js';
import { pngSize } from '../../src/report/sections/pictures.js';
import { sideBySide, ZOOM } from '../../src/training/validation/picture.js';
import { pixels } from '../../src/training/validation/pixels.js';
import { root } from '../root.js';

const file = (name: string): string => path.join(root, name);

t.test('steps and moments are kept; moments do not grow without end', async (t) => {
  const soFar = new SoFar();
  const iter = { type: 'iter', epoch: 0, totalIter: 9, lr: 0.1, losses: {}, eta: 0 } as const;
  soFar.event({ ...iter, iter: 1, time: 2, timeData: 1 });
  soFar.event({ ...iter, iter: 2, time: 3, timeData: 0, lrs: [0.1, 0.2] });
  t.same(soFar.steps, [
    { iter: 1, lrs: [0.1], time: 2, timeData: 1 },
    { iter: 2, lrs: [0.1, 0.2], time: 3, timeData: 0 },
  ]);
  const stage = { stage: 'crop', in: 0, waiting: 3, busyMs: 0, concurrency: 1 };
  for (let i = 0; i < 20_000; i++)
    soFar.event({ type: 'stats', rss: i, elapsedMs: 250 * i, stages: [{ ...stage, out: i }] });
  const { moments } = soFar;
  t.ok(moments.length >= 200 && moments.length <= 480, `${moments.length}`);
  t.same(moments[0], { elapsedMs: 0, rss: 0, out: { crop: 0 }, waiting: { crop: 3 } });
  const gaps = new Set(moments.slice(1).map(({ elapsedMs }, i) => elapsedMs - moments[i].elapsedMs));
  t.equal(gaps.size, 1, 'evenly spread');
  t.ok((moments.at(-1)?.rss ?? 0) > 19_000);
});

t.test('options against the file and against the published ones', async (t) => {
  const quickstart = file('pipelines/quickstart.yml');
  const asItIs = await optionsOf(await loadPipeline(quickstart));
  t.same(asItIs.changed, []);
  t.same(asItIs.published, { name: 'pipelines/quickstart.yml', changes: [] });
  t.same(
    asItIs.files.map(({ name }) => name),
    ['quickstart.yml', 'quickstart_x4.yml'],
  );
  t.ok(
    asItIs.effective.some(({ path: key, after }) => key === 'train.train.optim_g.lr' && after === '0.002'),
  );

  const set = ['train.total_iter=10', 'batch.size=8', 'out=elsewhere'];
  const mine = await loadPipeline(quickstart, { set, seed: 5 });
  const { changed, published } = await optionsOf(mine);
  t.same(changed?.map(({ path: key, before, after }) => `${key} ${before} ${after}`).sort(), [
    'out "out/quickstart" "elsewhere"',
    'seed 0 5',
    'stages.batch.size 4 8',
    'train.train.total_iter 2000 10',
  ]);
  t.same(
    published?.changes.map(({ path: key }) => key).sort(),
    ['seed', 'stages.batch.size', 'train.train.total_iter'],
    'where a report goes is no difference from a published file',
  );
});

t.test('an option file of one’s own is held against the nearest published one', async (t) => {
  const { pipeline } = await loadOptions(file('options/train_realesrnet_x4plus.yml'), {
    force: [
      'datasets:train:meta_info=~',
      'datasets:train:dataroot_gt=datasets/sample',
      'train:total_iter=77',
    ],
  });
  const copy = { ...pipeline, file: path.join(t.testdir(), 'mine.yml') };
  const { published, changed } = await optionsOf(copy);
  t.equal(changed, undefined, 'the file is gone');
  t.equal(published?.name, 'options/train_realesrnet_x4plus.yml');
  t.ok(published?.changes.some(({ path: key, after }) => key === 'train.train.total_iter' && after === '77'));
});

t.test('the fingerprint of a configuration: what the result depends on, and nothing else', async (t) => {
  const quickstart = file('pipelines/quickstart.yml');
  const hash = async (...set: string[]) => hashOf(await loadPipeline(quickstart, { set }));
  const plain = await hash();
  t.match(plain, /^[0-9a-f]{64}$/);
  t.equal(await hash('out=x', 'workers=3', 'logger.print_freq=7', 'metadata.provenance=x.jsonl'), plain);
  for (const other of [
    'seed=1',
    'batch.size=5',
    'train.total_iter=3',
    'source.images=datasets/*.png',
    'memory=1GiB',
  ])
    t.not(await hash(other), plain, other);
  const writing = async (...set: string[]) =>
    hashOf(await loadPipeline(file('pipelines/subimages.yml'), { set }));
  t.equal(await writing('write.folder=elsewhere', 'metadata.meta_info=x.txt'), await writing());
  t.not(await writing('write.compression_level=9'), await writing());
});

t.test('what signs an address does not get into a report', async (t) => {
  const url = 'https://host/a.tar?x=1&X-Amz-Signature=abc123&sig=def';
  const shown = 'https://host/a.tar?x=1&X-Amz-Signature=...&sig=...';
  t.same(
    withoutSignatures({
      command: `esrgan run p.yml --set 'source.images=${url}'`,
      files: [{ text: `images: [${url}, "b"]\n` }],
      changed: undefined,
      seed: 3,
    }),
    {
      command: `esrgan run p.yml --set 'source.images=${shown}'`,
      files: [{ text: `images: [${shown}, "b"]\n` }],
      changed: undefined,
      seed: 3,
    },
  );
});

t.test('side-by-side pictures are taken apart again, one pixel for each', async (t) => {
  const folder = t.testdir();
  await mkdir(path.join(folder, 'visualization'));
  const saved = new SavedPictures();
  const gray = (value: number) => {
    const image = pixels(20, 12);
    image.data.fill(value);
    // One pixel that is not like the others, to see that none is lost or moved.
    image.data.fill(255 - value, 3 * (2 * 20 + 5), 3 * (2 * 20 + 5) + 3);
    return image;
  };
  for (const iter of [10, 5]) {
    const panels = [10, 20, 30 + iter, 40].map((value) => ({ image: gray(value), caption: 'x' }));
    const picture = path.join(folder, 'visualization', `a_1_${iter}.png`);
    await sharp(await sideBySide(panels, { x: 0, y: 0, width: 20, height: 12 }, ZOOM)).toFile(picture);
    saved.add(picture);
  }
  t.same(saved.last, [['a_1', path.join(folder, 'visualization', 'a_1_10.png')]]);
  const result = { name: 'a_1', psnr: 30, psnrBicubic: 28 };
  const { scenes, more } = await saved.scenes({ validation: [{ iter: 10, results: [result] }] });
  t.equal(more, 0);
  const [{ lq, bicubic, gt, network, ...rest }] = scenes;
  t.same(rest, { name: 'a_1', psnrBicubic: 28 });
  t.same(
    network.map(({ iter, psnr }) => [iter, psnr]),
    [
      [5, undefined],
      [10, 30],
    ],
  );
  const shown = [lq, bicubic, gt, ...network.map(({ png }) => png)];
  for (const [i, value] of [10, 20, 40, 35, 40].entries()) {
    t.same(pngSize(shown[i]), { width: 20, height: 12 });
    const raw = await sharp(shown[i]).removeAlpha().raw().toBuffer();
    t.same(raw, Buffer.from(gray(value).data));
  }
});

t.test('of many pictures some are shown, the last always', async (t) => {
  const folder = t.testdir();
  const saved = new SavedPictures();
  const panels = [1, 2, 3, 4].map(() => ({ image: pixels(8, 8), caption: 'x' }));
  const picture = path.join(folder, 'one.png');
  await sharp(await sideBySide(panels, { x: 0, y: 0, width: 8, height: 8 }, ZOOM)).toFile(picture);
  for (let i = 0; i < 30; i++)
    for (const iter of [100, 200, 300]) {
      const copy = path.join(folder, `p${i}_${iter}.png`);
      await copyFile(picture, copy);
      saved.add(copy);
    }
  const { scenes, more } = await saved.scenes({});
  t.same([scenes.length, more], [24, 6]);
  for (const { network } of scenes) t.same(network.map(({ iter }) => iter).at(-1), 300);
  t.equal(scenes[0].network.length, 2, '48 pictures for 24 photographs');
});
