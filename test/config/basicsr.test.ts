import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { withOptions } from '../../src/cli/option-docs.js';
import { loadOptions } from '../../src/config/basicsr/load.js';
import { type ReadFlags, readOptions } from '../../src/config/basicsr/read.js';
import { loadPipeline } from '../../src/config/load-pipeline.js';
import { printPipeline } from '../../src/config/print-pipeline.js';
import type { ChainStep } from '../../src/degradations/chain.js';
import { EsrganError } from '../../src/errors.js';
import { compileChain } from '../../src/stages/degrade/compile.js';
import { root } from '../root.js';
import { type PublishedName, published, publishedNames } from './published.js';

const file = 'a.yml';

const read = (text: string, flags: ReadFlags = {}) => readOptions(text, file, flags);

function errorOf(text: string, flags: ReadFlags = {}): EsrganError {
  try {
    read(text, flags);
  } catch (error) {
    if (error instanceof EsrganError) return error;
    throw error;
  }
  throw new Error('no error');
}

/** A published text with one piece of it changed. */
function changed(name: PublishedName, from: string, to: string): string {
  const text = published(name);
  if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
  return text.replace(from, to);
}

/** A folder for files, gone after the test. */
async function folder(test: { teardown(done: () => Promise<void>): void }): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'esrgan-options-'));
  test.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** Every key of a YAML mapping that holds a value and no mapping. */
function leaves(value: unknown, at: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]));
}

t.test('the published files are read unchanged; of every key it is known what it does', async (t) => {
  const idle = {
    dead: ['use_shuffle', 'blur_kernel_size', 'blur_kernel_size2', 'gt_size'],
    needless: ['num_worker_per_gpu', 'dataset_enlarge_ratio', 'prefetch_mode'],
  };
  for (const name of publishedNames) {
    const text = published(name);
    const { notices } = read(text);
    const pair = name.endsWith('pairdata');
    const inTrain = (kind: 'dead' | 'needless') =>
      notices
        .filter((n) => n.kind === kind && n.key.startsWith('datasets.train.'))
        .map(({ key }) => key.split('.')[2]);
    t.strictSame(inTrain('dead'), pair ? ['use_shuffle'] : idle.dead, name);
    t.strictSame(inTrain('needless'), idle.needless, name);
    for (const { key, place } of notices) {
      const line = text.split('\n')[(place.line ?? 0) - 1] ?? '';
      const last = key.split('.').at(-1) ?? '';
      t.equal(
        line.slice((place.column ?? 0) - 1).startsWith(`${last}:`),
        true,
        `${name}: ${key} has its place`,
      );
    }
    const told = new Set(notices.map(({ key }) => key));
    const silent = leaves(parse(text)).filter(
      (key) => !told.has(key) && ![...told].some((k) => key.startsWith(`${k}.`)),
    );
    for (const key of silent) {
      const unknown = errorOf(renamed(text, key)).message;
      t.match(unknown, /unknown key|missing key|must be/, `${name}: ${key} is a key that is looked at`);
    }
  }
});

/** A text in which the last step of a path has another name. */
function renamed(text: string, key: string): string {
  const steps = key.split('.');
  const lines = text.split('\n');
  let line = -1;
  for (const [depth, step] of steps.entries()) {
    const pattern = new RegExp(`^ {${2 * depth}}'?${step}'?:`);
    line = lines.findIndex((text, i) => i > line && pattern.test(text));
  }
  const last = steps.at(-1) ?? '';
  return lines.map((text, i) => (i === line ? text.replace(last, `zz_${last}_zz`) : text)).join('\n');
}

t.test('the published numbers are the presets realesrnet and realesrgan', async (t) => {
  const plain = (steps: readonly ChainStep[]): unknown[] =>
    steps.flatMap((step): unknown[] => {
      if (step.kind === 'operator') {
        const { operator, options, on, per, prob } = step;
        return [{ name: operator.name, options, on, per, prob }];
      }
      const { stream, ...group } = step;
      // A preset is a sequence with a name; what counts is what is in it.
      if (step.kind === 'sequence' && step.prob === 1 && /(^|\/)preset:[^/]*$/.test(stream))
        return plain(step.steps);
      return [{ ...group, steps: plain(step.steps) }];
    });
  for (const [name, preset] of [
    ['train_realesrnet_x4plus', 'realesrnet'],
    ['train_realesrgan_x4plus', 'realesrgan'],
  ] as const) {
    const { pipeline } = await loadText(t, published(name));
    const ours = await compileChain(pipeline.stages.degrade ?? { steps: [] }, root);
    const theirs = await compileChain({ steps: [{ preset, prob: 1 }] }, root);
    t.strictSame(plain(ours.steps), plain(theirs.steps), preset);
  }
});

async function loadText(
  test: { teardown(done: () => Promise<void>): void },
  text: string,
  flags: ReadFlags = {},
) {
  const at = path.join(await folder(test), 'options.yml');
  await writeFile(at, text);
  return loadOptions(at, flags);
}

t.test('the stream is that of the file: a list as it is, a folder in sizes and crops', async (t) => {
  const text = published('train_realesrgan_x4plus');
  const { pipeline } = await loadText(t, text);
  t.equal(pipeline.name, 'train_RealESRGANx4plus_400k_B12G4_fromRealESRNet');
  t.equal(pipeline.out, `experiments/${pipeline.name}`);
  t.equal(pipeline.source.dataroot_gt, 'datasets/DF2K');
  t.equal(pipeline.source.meta_info, 'datasets/DF2K/meta_info/meta_info_DF2Kmultiscale+OST_sub.txt');
  t.equal(pipeline.stages.multiscale, undefined);
  t.match(pipeline.stages.crop, { size: 400, step: 200, too_small: 'pad' });
  t.match(pipeline.stages.batch, { size: 12, gt_size: 256, use_hflip: true, use_rot: false });
  t.match(pipeline.sink, {
    kind: 'train',
    options: {
      network_d: { type: 'UNetDiscriminatorSN', num_feat: 64 },
      l1_gt_usm: true,
      percep_gt_usm: true,
      gan_gt_usm: false,
      logger: { save_format: 'pth', save_checkpoint_freq: 5000 },
      train: { optim_d: { lr: 1e-4 }, gan_opt: { relativistic: false, loss_weight: 0.1 } },
    },
  });

  const streamed = await loadText(t, text, {
    force: ['datasets:train:meta_info=~', 'datasets:train:dataroot_gt=~/photographs', 'gt_size=512'],
  });
  t.strictSame(streamed.pipeline.source.images, [path.join(homedir(), 'photographs')]);
  t.strictSame(streamed.pipeline.stages.multiscale?.scales.length, 3);
  t.match(streamed.pipeline.stages.crop, { size: 512, step: 256, too_small: 'report' }, 'not the fixed 400');

  const own = await loadText(
    t,
    `${text}\nstream: { memory: 1GiB, exclude: [a.png], multiscale: false, crop: { step: 100 } }`,
  );
  t.equal(own.pipeline.memory, 2 ** 30);
  t.strictSame(own.pipeline.source.exclude, ['a.png']);
  t.match(own.pipeline.stages.crop, { size: 400, step: 100 });
  const large = await loadText(t, `${text}\nstream: { crop: { threshold: 5 } }`, { force: ['gt_size=600'] });
  t.match(large.pipeline.stages.crop, { size: 600, step: 300, threshold: 5, too_small: 'pad' });
  await t.rejects(loadText(t, `${text}\nstream: { crop: { size: 100 } }`), {
    message: 'gt_size: must be at most crop.size (100), but is 256',
    place: { column: 25 },
  });
  const pairs = published('finetune_realesrgan_x4plus_pairdata');
  await t.rejects(loadText(t, `${pairs}\nstream: { crop: { size: 402 } }`), {
    message: 'stream.crop.size: must be a multiple of scale (4), but is 402',
    place: { column: 25 },
  });
  const reference = await loadText(t, `${text}\nstream: { mode: reference }`);
  t.match(reference.pipeline.stages.degrade, {
    steps: [{ preset: 'realesrgan_reference' }],
    mode: 'reference',
    queue_size: 180,
  });
  t.notOk(reference.notices.some(({ key }) => key === 'queue_size'));
  t.match(errorOf(`${text.replace('[30, 95]', '[40, 95]')}\nstream: { mode: reference }`), {
    message: /stream.mode: reference is there with the published numbers/,
  });
});

t.test('every mistake is shown with its place and what was meant', async (t) => {
  const cases: [name: PublishedName, from: string, to: string, message: RegExp, at: string][] = [
    ['train_realesrnet_x4plus', 'queue_size', 'qeue_size', /^unknown key "qeue_size"/, 'qeue_size'],
    [
      'train_realesrnet_x4plus',
      'use_hflip',
      'use_hfilp',
      /^unknown key "use_hfilp" in datasets.train; did you mean "use_hflip"\?$/,
      'use_hfilp',
    ],
    ['train_realesrnet_x4plus', 'ema_decay', 'ema_dcay', /in train; did you mean "ema_decay"\?$/, 'ema_dcay'],
    [
      'train_realesrnet_x4plus',
      'RealESRNetModel',
      'RealESRNetModle',
      /^model_type must be one of .*did you mean "RealESRNetModel"\?$/,
      'RealESRNetModle',
    ],
    [
      'train_realesrnet_x4plus',
      'RealESRGANDataset',
      'RealESRGANDataste',
      /did you mean "RealESRGANDataset"\?$/,
      'RealESRGANDataste',
    ],
    [
      'train_realesrnet_x4plus',
      'num_in_ch: 3',
      'num_in_ch: 1',
      /num_in_ch: must be 3: the pictures of a training are RGB/,
      '1',
    ],
    ['train_realesrnet_x4plus', 'name: train_', 'name: .. #', /a name, not a path/, '..'],
    ['train_realesrnet_x4plus', 'type: disk', 'type: lmdb', /io_backend.type must be disk/, 'lmdb'],
    ['train_realesrnet_x4plus', '[0.15, 1.5]', '[1.5, 0.15]', /the range is backwards/, '[1.5'],
    ['train_realesrnet_x4plus', '[0.15, 1.5]', '[0.15, 0.9]', /`up` needs a range/, '[0.15, 0.9]'],
    ['train_realesrnet_x4plus', 'second_blur_prob: 0.8', 'second_blur_prob: 8', /at most 1, but is 8/, '8'],
    [
      'train_realesrnet_x4plus',
      '[0.45, 0.25, 0.12, 0.03, 0.12, 0.03]',
      '[0.45, 0.25]',
      /kernel_prob: give one weight for each of the 6 entries of kernel_list/,
      '[0.45, 0.25]',
    ],
    [
      'train_realesrnet_x4plus',
      'jpeg_range: [30, 95]',
      'jpeg_range: [30, 200]',
      /^jpeg_range\[1\] must be at most 100, but is 200$/,
      '200',
    ],
    ['train_realesrnet_x4plus', 'gt_size: 256', 'gt_size: 250', /multiple of scale \(4\), but is 250/, '250'],
    ['train_realesrnet_x4plus', 'lr: !!float 2e-4', 'lr: high', /must be a number, but is the text/, 'high'],
    ['train_realesrgan_x4plus', 'vanilla', 'vanila', /did you mean "vanilla"\?$/, 'vanila'],
    ['train_realesrgan_x4plus', 'num_block: 23', 'num_block: 0', /num_block must be/, '0'],
    [
      'train_realesrgan_x2plus',
      '  scale: 2\n',
      '',
      /enlarges 4 times, but scale is 2: write scale: 2/,
      'network_g',
    ],
    [
      'train_realesrgan_x4plus',
      'RealESRGANModel',
      'SRGANModel',
      /SRGANModel does not degrade/,
      'RealESRGANDataset',
    ],
    [
      'finetune_realesrgan_x4plus_pairdata',
      'high_order_degradation: False',
      'high_order_degradation: True',
      /a RealESRGANPairedDataset brings its own lq: write false/,
      'True',
    ],
    [
      'train_realesrgan_x4plus',
      'io_backend:',
      'dataroot_lq: x\n    io_backend:',
      /^unknown key "dataroot_lq" in datasets.train/,
      'dataroot_lq',
    ],
  ];
  for (const [name, from, to, message, at] of cases) {
    const text = changed(name, from, to);
    const error = errorOf(text);
    t.equal(error.code, 'CONFIG_INVALID');
    t.match(error.message, message, `${from} -> ${to}`);
    const line = text.split('\n')[(error.place?.line ?? 0) - 1] ?? '';
    t.equal(line.slice((error.place?.column ?? 0) - 1).startsWith(at), true, `${to}: at ${at}`);
  }
  const both = errorOf(
    changed('train_realesrnet_x4plus', 'use_rot', 'use_rto').replace('total_iter', 'totl_iter'),
  );
  t.match(
    both.message,
    /3 problems\n.*use_rto.*\n.*total_iter.*\n.*totl_iter/s,
    'both halves of the file together',
  );
});

t.test('unknown keys are passed over on request, each with its place', async (t) => {
  const text = changed(
    'train_realesrnet_x4plus',
    'ema_decay: 0.999',
    'ema_dcay: 0.9\n  deep: { a: 1 }',
  ).replace('name: train_', 'extra: 1\nname: train_');
  t.match(errorOf(text).message, /3 problems/);
  const { notices, train } = read(text, { allowUnknown: true });
  const unknown = notices.filter(({ kind }) => kind === 'unknown');
  t.strictSame(
    unknown.map(({ key, place }) => [key, place.line]),
    [
      ['extra', 1],
      ['train.ema_dcay', text.split('\n').findIndex((line) => line.includes('ema_dcay')) + 1],
      ['train.deep', text.split('\n').findIndex((line) => line.includes('deep:')) + 1],
    ],
  );
  t.match(unknown[1].message, /did you mean "ema_decay"\?$/);
  t.equal(train.train.ema_decay, 0.999);
  const wrong = text.replace('batch_size_per_gpu: 12', 'batch_size_per_gpu: many');
  t.throws(() => read(wrong, { allowUnknown: true }), { message: /batch_size_per_gpu must be/ });
});

t.test('what a model does not look at is told', async (t) => {
  const gan = published('train_realesrgan_x4plus');
  const { notices, train } = read(gan.replace('RealESRGANModel', 'RealESRNetModel'));
  const dead = notices.filter(({ kind }) => kind === 'dead').map(({ key }) => key);
  for (const key of ['l1_gt_usm', 'network_d', 'train.gan_opt', 'train.optim_d'])
    t.ok(dead.includes(key), key);
  t.equal(train.train.gan_opt, undefined);
  t.equal(train.l1_gt_usm, false);
  t.match(notices.find(({ key }) => key === 'num_gpu')?.message, /batches of 12; .* of 48 on 4 GPUs/);

  const esrgan = changed('finetune_realesrgan_x4plus_pairdata', 'RealESRGANModel', 'ESRGANModel');
  t.equal(read(esrgan).train.train.gan_opt?.relativistic, true, 'ESRGAN is the relativistic one');
  t.equal(read(esrgan.replace('ESRGANModel', 'SRGANModel')).train.train.gan_opt?.relativistic, false);
  t.match(
    errorOf(
      changed('train_realesrgan_x4plus', 'RealESRGANModel', 'RealESRGANModel').replace(
        / {2}gan_opt:.*?\n\n/s,
        '\n',
      ),
    ).message,
    /RealESRGANModel trains with a discriminator: give train.gan_opt/,
  );
});

t.test('--force_yml reads values as BasicSR does', async (t) => {
  const text = published('train_realesrgan_x4plus');
  const { train, options } = read(text, {
    force: [
      'train:total_iter=100',
      'train:optim_g:lr=!!float 3e-5',
      'train:optim_d:betas=[0.5, 0.9]',
      'datasets:train:use_rot=TRUE',
      'path:pretrain_network_g=None',
      'train:ema_decay = 0.5',
      'name=x=y',
      'logger:keep_last=3',
    ],
  });
  t.equal(train.train.total_iter, 100);
  t.equal(train.train.optim_g.lr, 3e-5);
  t.strictSame(train.train.optim_d.betas, [0.5, 0.9]);
  t.equal(options.datasets.train.use_rot, true);
  t.notOk(train.path.pretrain_network_g);
  t.equal(train.train.ema_decay, 0.5);
  t.equal(options.name, 'x=y');
  t.equal(train.logger.keep_last, 3, 'a key that the file lacks');

  const refused: [string, RegExp, string?][] = [
    ['train.total_iter=1', /unknown key "train.total_iter"|no section/],
    ['trian:total_iter=1', /the file has no section trian; did you mean "train"\?/],
    ['total_iter', /not of the form key=value/],
    ['train::x=1', /not of the form key=value/],
    ['train:totl_iter=1', /unknown key "totl_iter" in train; did you mean "total_iter"\?/],
    ['train:total_iter=many', /total_iter must be a whole number, but is the text "many"/],
    ['train:optim_d:betas=[0.5', /cannot be read/],
  ];
  for (const [entry, message] of refused) {
    const error = errorOf(text, { force: [entry] });
    t.match(error.message, message, entry);
    t.equal(error.place?.file, `--force_yml ${entry}`, 'the place is the option');
  }
  t.ok(
    read(text, { force: ['datasets:train:use_shuffle=False'] }).notices.some(
      ({ key, place }) => key.endsWith('use_shuffle') && place.file.startsWith('--force_yml'),
    ),
    'a dead key may be set, and is told',
  );
});

t.test('--debug, --auto_resume and --seed', async (t) => {
  const text = `${published('train_realesrgan_x4plus')}\nval: { val_freq: 5000 }\n`.replace(
    '\nnetwork_g',
    '\n  val_set5: { type: PairedImageDataset, dataroot_gt: ~/gt, dataroot_lq: lq/, io_backend: { type: disk } }\nnetwork_g',
  );
  const debug = read(text, { debug: true, autoResume: true, seed: 7 });
  t.equal(debug.options.name, 'debug_train_RealESRGANx4plus_400k_B12G4_fromRealESRNet');
  t.equal(debug.train.name, debug.options.name);
  t.match(debug.train.logger, { print_freq: 1, save_checkpoint_freq: 8, use_tb_logger: false });
  t.match(debug.train.val, { val_freq: 8, dataroot_gt: path.join(homedir(), 'gt'), dataroot_lq: 'lq' });
  t.equal(debug.train.path.resume_state, 'auto');
  t.equal(debug.train.manual_seed, 7);
  t.equal(debug.options.manual_seed, 7);
  t.strictSame(
    debug.notices.filter(({ kind }) => kind === 'trial'),
    [],
    'it was asked for',
  );

  const named = read(text.replace('name: train_', 'name: debug_'));
  t.equal(named.train.logger.print_freq, 1, 'the name alone makes a trial, as in BasicSR');
  t.match(named.notices[0], { kind: 'trial', place: { line: 1, column: 7 } });
  t.equal(
    read(text.replace('name: train_', 'name: debug_'), { debug: true }).options.name.match(/debug/g)?.length,
    1,
  );
  t.equal(read(text).train.logger.print_freq, 100);

  const two = text.replace('  val_set5:', '  val: { dataroot_gt: a }\n  val_set5:');
  t.match(errorOf(two), { message: /one validation set/ });
  t.match(errorOf(text.replace('dataroot_gt: ~/gt', 'dataroot_gt: 3')), {
    message: /datasets.val_set5.dataroot_gt must be text/,
  });
});

t.test('the printed pipeline is the same run', async (t) => {
  const work = await folder(t);
  for (const name of publishedNames.filter((n) => !n.endsWith('pairdata'))) {
    const options = path.join(work, `${name}.yml`);
    await writeFile(options, published(name));
    for (const force of [[], ['datasets:train:meta_info=~', 'train:total_iter=7', 'jpeg_range2=[10, 20]']]) {
      const { pipeline, input } = await loadOptions(options, { force, seed: 3 });
      const printed = path.join(work, 'printed.yml');
      const text = printPipeline(input, ['one', 'two']);
      await writeFile(printed, text);
      const again = await loadPipeline(printed);
      const { file: _, baseFolder: __, text: ___, given, ...same } = again;
      const { file: ____, baseFolder: _____, given: kept, ...wanted } = pipeline;
      t.strictSame(same, wanted, `${name} ${force.join(' ')}`);
      t.strictSame(given, [{ name: 'printed.yml', text }]);
      t.strictSame(
        kept?.map((one) => [one.name, one.text.length > 0]),
        [
          [`${name}.yml`, true],
          ['pipeline.yml', true],
        ],
      );
      t.ok(text.startsWith('# one\n# two\n'));
    }
  }
});

t.test('a pipeline file takes the same options, in a file or in itself', async (t) => {
  const work = await folder(t);
  const options = path.join(work, 'train_realesrgan_x4plus.yml');
  await writeFile(options, published('train_realesrgan_x4plus'));
  const { input, pipeline } = await loadOptions(options);
  const named = path.join(work, 'named.yml');
  await writeFile(named, printPipeline({ ...input, sink: { train: { options } } }, []));
  t.strictSame(
    (await loadPipeline(named)).sink,
    pipeline.sink,
    'datasets and degradation of the file are left out',
  );
  const set = await loadPipeline(named, { set: ['train.total_iter=5', 'batch.size=2'] });
  t.match(set, { sink: { options: { train: { total_iter: 5 } } }, stages: { batch: { size: 2 } } });

  const ofSink = await loadPipeline(named, { set: ['train.network_g.num_block=3', 'train.engine=wasm'] });
  t.match(ofSink, { sink: { options: { network_g: { num_block: 3 }, engine: 'wasm' } } });

  const inside = path.join(work, 'inside.yml');
  await writeFile(inside, printPipeline(input, []));
  const changed = await loadPipeline(inside, {
    set: [
      ...['train.total_iter=5', 'network_g.num_block=2', 'sink.train.logger.print_freq=9', 'name=other'],
      'train.network_g.num_feat=16',
    ],
  });
  t.match(changed, {
    name: 'other',
    sink: {
      options: {
        train: { total_iter: 5 },
        network_g: { num_block: 2, num_feat: 16 },
        logger: { print_freq: 9 },
      },
    },
  });
  for (const at of [named, inside])
    await t.rejects(loadPipeline(at, { set: ['scale=2'] }), {
      code: 'CONFIG_INVALID',
      message:
        'network_g enlarges 4 times, but scale is 2: write scale: 2, or change scale in the pipeline file',
      place: { line: Number },
    });
  const text = await readFile(inside, 'utf8');
  await writeFile(inside, text.replace('total_iter: 400000', 'totl_iter: 400000'));
  await t.rejects(loadPipeline(inside), {
    message: /unknown key "totl_iter" in sink.train.train; did you mean/,
  });
});

t.test('the documentation has every key of the published files', async (t) => {
  const text = await readFile(path.join(root, 'docs', 'training.md'), 'utf8');
  t.equal(text, withOptions(text), 'run `npm run build && node dist/cli/bin.js docs`');
  t.throws(() => withOptions('no marks'), /lacks/);
  const rows = new Set([...text.matchAll(/^\| `([^`]+)`/gm)].flatMap(([, key]) => key.split('.')));
  for (const name of publishedNames) {
    const idle = read(published(name)).notices.map(({ key }) => key);
    for (const key of leaves(parse(published(name)))) {
      const last = key.split('.').at(-1) ?? '';
      // The type of a mapping is the title of its table; layers of VGG are named by the user.
      if (last === 'type' || /^conv\d/.test(last) || idle.some((one) => key.startsWith(one))) continue;
      t.ok(rows.has(last), key);
    }
  }
  for (const [, file] of text.matchAll(/-opt (options\/\w+\.yml)/g))
    await t.resolves(readFile(path.join(root, file)), file);
});
