import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import type { RunEvent } from '../../src/events.js';
import { createPixelLoss } from '../../src/losses/index.js';
import { createNetwork, NetworkOptions } from '../../src/networks/index.js';
import { renderReport, SoFar } from '../../src/report/index.js';
import type { Batch } from '../../src/training/batch.js';
import { BestKeeper } from '../../src/training/best.js';
import { asDiskError, mustFit } from '../../src/training/disk.js';
import { archive, experimentAt, makeFolders } from '../../src/training/experiment.js';
import { logLine } from '../../src/training/log/line.js';
import { fittingSize, isOutOfMemory, outOfMemory } from '../../src/training/memory.js';
import { ValidationOptions } from '../../src/training/options/validation.js';
import { TrainOptions } from '../../src/training/options.js';
import { prepare, startBatch } from '../../src/training/prepare.js';
import { prune, superfluous } from '../../src/training/retention.js';
import { Saver } from '../../src/training/saver.js';
import { differences, fingerprint } from '../../src/training/state/diff.js';
import { readState } from '../../src/training/state/file.js';
import type { Progress } from '../../src/training/state/types.js';
import { plainSettings, type StepSettings, Steps } from '../../src/training/step/step.js';
import { createTrainee, disposeTrainee, type Trainee } from '../../src/training/trainee.js';
import { readPhotographs } from '../../src/training/validation/photographs.js';
import { runTraining } from './golden-run.js';

await useEngine('wasm');

const tiny = { type: 'SRVGGNetCompact', num_feat: 4, num_conv: 1 };

function noise(index: number, size = 1, edge = 4): Batch {
  const bytes = (length: number, salt: number) =>
    Uint8Array.from({ length }, (_, i) => ((i + salt) * 7919 * (index + 3)) % 251);
  const rows = Array.from({ length: size }, (_, i) => ({
    id: `p.png@HR:8x8+${index}+${i}`,
    epoch: 0,
    seed: '00',
    augment: { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 8 },
    degradations: [],
  }));
  return {
    index,
    epoch: 0,
    size,
    lq: bytes(size * edge * edge * 3, 1),
    lqShape: [size, edge, edge, 3],
    gt: bytes(size * edge * edge * 48, 2),
    gtShape: [size, 4 * edge, 4 * edge, 3],
    rows,
  };
}

function source(make: (index: number) => Batch | undefined = noise, from = 0) {
  let next = from;
  return { next: async () => make(next++), done: () => {} };
}

const l1 = createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' });

function trainee(pixel = l1): Trainee {
  const optimizer = { type: 'Adam', betas: [0.9, 0.99], weight_decay: 0 } as const;
  const g = createNetwork(NetworkOptions.parse(tiny), '1');
  return createTrainee({ g }, { pixel }, { ema_decay: 0.9, optim_g: optimizer, optim_d: optimizer });
}

/** Everything that a step may change. */
const stateOf = ({ generator, ema }: Trainee) => ({
  weights: [...generator.weights.vector.dataSync()],
  first: [...[...generator.parameters.values()][0]!.dataSync()],
  m: [...generator.adam.m.dataSync()],
  v: [...generator.adam.v.dataSync()],
  steps: generator.adam.steps,
  ema: [...ema.vector.dataSync()],
});

const stage = { stage: 'train', in: 2, out: 2, waiting: 0, busyMs: 1, concurrency: 1 };

const rates = { g: 1e-3, d: 1e-3 };

async function after(settings: Partial<StepSettings>, batches: readonly Batch[]) {
  const one = trainee();
  const steps = new Steps(one, { ...plainSettings, ...settings });
  for (const batch of batches) await steps.learn(batch, 1, rates);
  const state = stateOf(one);
  disposeTrainee(one);
  return state;
}

t.test('gradients of several batches make one step, as those of a larger one do', async (t) => {
  const [a, b] = [noise(1), noise(2)];
  const joined = (x: Uint8Array, y: Uint8Array) => Uint8Array.from([...x, ...y]);
  const both: Batch = {
    ...a,
    size: 2,
    lq: joined(a.lq, b.lq),
    lqShape: [2, 4, 4, 3],
    gt: joined(a.gt, b.gt),
    gtShape: [2, 16, 16, 3],
  };
  const accumulated = await after({ accum_iter: 2 }, [a, b]);
  const whole = await after({}, [both]);
  t.equal(accumulated.steps, 1);
  const off = whole.m.map((m, i) => Math.abs(m - accumulated.m[i]!));
  t.ok(Math.max(...off) < 1e-7 && Math.max(...whole.m) > 1e-4, `gradients differ by ${Math.max(...off)}`);
});

t.test('the norm of a gradient is limited', async (t) => {
  const norm = (m: readonly number[]) => Math.hypot(...m) / 0.1;
  const [free, clipped, loose] = [
    await after({}, [noise(1)]),
    await after({ clip_grad_norm: 0.01 }, [noise(1)]),
    await after({ clip_grad_norm: 1e6 }, [noise(1)]),
  ];
  t.ok(norm(free.m) > 0.02);
  t.ok(Math.abs(norm(clipped.m) - 0.01) < 1e-5, `${norm(clipped.m)}`);
  t.same(loose.m, free.m, 'and left alone where it is small enough');
});

t.test('a step with a loss that is not finite leaves no trace', async (t) => {
  let poison = 1;
  const one = trainee((sr, gt) => tf.tidy(() => tf.mul<tf.Scalar>(l1(sr, gt), poison)));
  const steps = new Steps(one, plainSettings);
  t.match(await steps.learn(noise(1), 1, rates), { applied: true });
  const before = stateOf(one);
  const tensors = tf.memory().numTensors;
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    poison = bad;
    const result = await steps.learn(noise(2), 2, rates);
    t.equal(result!.applied, false);
    t.notOk(Number.isFinite(result!.losses.l_pix));
    t.same(stateOf(one), before, 'weights, moments, average and the count of steps are as before');
  }
  t.equal(tf.memory().numTensors, tensors, 'and no tensor is left behind');
  poison = 1;
  await steps.learn(noise(2), 2, rates);
  const clean = trainee();
  const others = new Steps(clean, plainSettings);
  for (const i of [1, 2]) await others.learn(noise(i), i, rates);
  t.same(stateOf(one), stateOf(clean), 'training goes on as if it had not been');
  disposeTrainee(one);
  disposeTrainee(clean);
});

t.test('when memory runs out, the size that fits is found', async (t) => {
  const one = trainee((sr, gt) => {
    if (sr.shape[0] > 3) throw new Error('std::bad_alloc');
    return l1(sr, gt);
  });
  const steps = new Steps(one, plainSettings);
  const before = stateOf(one);
  const large = noise(1, 12);
  const error = await steps.learn(large, 1, rates).catch((thrown: unknown) => thrown);
  t.ok(isOutOfMemory(error));
  steps.abandon();
  const size = await fittingSize(large, (part) => steps.fits(part, 1));
  t.equal(size, 3);
  t.same(stateOf(one), before, 'trying changes nothing');
  t.match(outOfMemory(large, size, error as Error), {
    code: 'OUT_OF_MEMORY',
    message: /12 pairs of 16x16/,
    remedy: /batch\.size=3, .*accum_iter=4/,
  });
  t.match(outOfMemory(large, 0, error as Error).remedy, /Not even one/);
  t.notOk(isOutOfMemory(new Error('shapes differ')));
  disposeTrainee(one);
});

t.test('the discriminator is trained alone for a while, and the generator less often', async (t) => {
  const { summary, events } = await runTraining(
    {
      name: 'duel',
      engine: 'wasm',
      network_g: tiny,
      network_d: { type: 'UNetDiscriminatorSN', num_feat: 2 },
      gan_gt_usm: false,
      l1_gt_usm: true,
      train: {
        total_iter: 6,
        net_d_init_iters: 2,
        net_d_iters: 2,
        gan_opt: { type: 'GANLoss', gan_type: 'vanilla', relativistic: true },
      },
      path: { experiments_root: t.testdir() },
      logger: { print_freq: 1 },
    },
    source((index) => noise(index, 1, 8)),
  );
  const names = summary.losses.map(({ losses }) => Object.keys(losses));
  const d = ['l_d_real', 'out_d_real', 'l_d_fake', 'out_d_fake'];
  const all = ['l_g_pix', 'l_g_gan', ...d];
  t.same(names, [d, d, d, all, d, all]);
  t.ok(events.some((event) => event.type === 'iter' && event.lrs?.length === 2));
});

t.test('log lines are those of BasicSR', async (t) => {
  const event = {
    type: 'iter',
    epoch: 5,
    iter: 6500,
    totalIter: 1e6,
    lr: 2e-4,
    losses: { l_pix: 6.8241e-2 },
    time: 0.476,
    timeData: 0.002,
    eta: 5 * 86400 + 10 * 3600 + 47 * 60 + 47.9,
  } as const;
  t.equal(
    logLine('train_RealESRNetx4plus', event),
    '[train..][epoch:  5, iter:   6,500, lr:(2.000e-04,)] [eta: 5 days, 10:47:47, time (data): 0.476 (0.002)] l_pix: 6.8241e-02 ',
  );
  t.match(
    logLine('x', { ...event, lrs: [1e-4, 5e-12], eta: 59, losses: { l_g_gan: 0, out_d_real: -12.5 } }),
    'lr:(1.000e-04,5.000e-12,)] [eta: 0:00:59, time (data): 0.476 (0.002)] l_g_gan: 0.0000e+00 out_d_real: -1.2500e+01 ',
  );
  t.match(logLine('x', { ...event, eta: 90000 }), '[eta: 1 day, 1:00:00,');
});

const options = (folder: string, rest: object = {}, train: object = {}): object => ({
  name: 'e',
  engine: 'wasm',
  network_g: tiny,
  path: { experiments_root: folder },
  train: { total_iter: 4, ...train },
  logger: { print_freq: 2 },
  ...rest,
});

t.test('an experiment on disk, and going on with it', async (t) => {
  const folder = path.join(t.testdir(), 'one');
  const other = path.join(t.testdirName, 'other');
  const own = path.join(folder, 'e');
  await runTraining(options(folder), source());
  t.same(readdirSync(path.join(own, 'training_states')), ['4.state']);
  const log = readdirSync(own).find((name) => /^train_e_\d{8}_\d{6}\.log$/.test(name));
  t.match(readFileSync(path.join(own, `${log}`), 'utf8').split('\n'), [
    /^[-\d]{10} [:\d]{8},\d{3} INFO: Engine: wasm, /,
    /INFO: \[e\.\.\]\[epoch: {2}0, iter: {7}1, lr:\(2\.000e-04,\)\] /,
  ]);
  const [events] = readdirSync(path.join(own, 'tb_logger'));
  const board = readFileSync(path.join(own, 'tb_logger', `${events}`), 'latin1');
  t.ok(board.includes('losses/l_pix') && board.includes('brain.Event:2'));
  t.match(readFileSync(path.join(own, 'options.yml'), 'utf8'), /total_iter: 4/);

  const state = await readState(path.join(own, 'training_states', '4.state'));
  t.match(state.progress, { iter: 4, batches: 4, batchSize: 1, engine: 'wasm' });
  t.equal(state.optimizers.g.steps, 4);
  t.equal(startBatch({ resumed: state } as never, 1), 4);
  t.equal(startBatch({ resumed: state } as never, 2), 2, 'as many pairs, in larger batches');

  const resumed = { experiments_root: folder, resume_state: 'auto' };
  const more = await runTraining(options(folder, { path: resumed }, { total_iter: 7 }), source());
  const warnings = more.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  t.same(warnings, ['changed since 4.state: train.total_iter: 4 -> 7']);
  const whole = await runTraining(options(other, {}, { total_iter: 7 }), source());
  t.equal(more.summary.iters, 7);
  t.ok(
    readFileSync(more.summary.checkpoint).equals(readFileSync(whole.summary.checkpoint)),
    'the very same file',
  );

  const again = await runTraining(
    options(folder, {
      path: { experiments_root: folder, pretrain_network_g: path.join(own, 'models', 'net_g_7.safetensors') },
    }),
    source(),
  );
  t.equal(again.summary.iters, 4);
  const [archived] = readdirSync(folder).filter((name) => /^e_archived_\d{8}_\d{6}$/.test(name));
  t.ok(
    existsSync(path.join(folder, `${archived}`, 'models', 'net_g_7.safetensors')),
    'nothing is overwritten',
  );
  t.match(
    again.events.find(({ type }) => type === 'warning'),
    {
      type: 'warning',
      message: /^the earlier run of this name is now .*e_archived_/,
    },
  );

  writeFileSync(path.join(own, 'training_states', '99.state'), 'not a state');
  const missing = { experiments_root: folder, resume_state: path.join(own, 'training_states', '99.state') };
  await t.rejects(runTraining(options(folder, { path: missing }), source()), { name: 'EsrganError' });
  const nothing = { experiments_root: folder, resume_state: path.join(folder, 'nowhere.state') };
  await t.rejects(runTraining(options(folder, { path: nothing }), source()), {
    code: 'STATE_UNREADABLE',
    message: /nowhere\.state cannot be read: there is no such file$/,
  });
  const parsed = (paths: object) => TrainOptions.parse(options(folder, { path: paths }));
  const fresh = await prepare(
    parsed({ experiments_root: path.join(other, 'new'), resume_state: 'auto' }),
    'e',
  );
  fresh.release();
  t.equal(fresh.resumed, undefined, 'auto starts afresh where there is nothing');
  const { resumed: newest, release } = await prepare(parsed(resumed), 'e');
  t.equal(newest?.progress.iter, 4, 'a state without weights does not count');

  await t.rejects(runTraining(options(folder, { path: resumed }), source()), {
    code: 'EXPERIMENT_IN_USE',
    message: new RegExp(`process ${process.pid} on `),
    remedy: /\.e\.lock/,
  });
  t.ok(existsSync(path.join(own, 'models', 'net_g_4.safetensors')), 'nothing was moved');
  release();

  const before = readFileSync(path.join(own, 'models', 'net_g_4.safetensors'));
  writeFileSync(path.join(own, 'models', '.net_g_9.pth.0123456789ab.part'), 'of a run that was killed');
  const done = await runTraining(options(folder, { path: resumed }, { total_iter: 2 }), source());
  t.equal(done.summary.iters, 4);
  const nothingLeft = { type: 'warning', message: 'nothing to train: 4 of 2 iterations are done' };
  t.match(done.events.filter(({ type }) => type === 'warning').at(-1), nothingLeft);
  t.notOk(existsSync(path.join(own, 'models', 'net_g_2.safetensors')), 'no weights under a false name');
  t.strictSame(readFileSync(path.join(own, 'models', 'net_g_4.safetensors')), before);
  t.notOk(readdirSync(path.join(own, 'models')).some((name) => name.endsWith('.part')));
});

t.test('steps that cannot be applied are written down, and end the run in the end', async (t) => {
  const folder = t.testdir();
  const events: RunEvent[] = [];
  const run = runTraining(
    options(folder, {}, { total_iter: 50, optim_g: { lr: 1e30 }, nonfinite_limit: 2 }),
    source(),
  ).then(({ events: all }) => events.push(...all));
  await t.rejects(run, { code: 'LOSS_NOT_FINITE', message: /2 times in a row/, remedy: /trace --batch \d/ });
  const lines = readFileSync(path.join(folder, 'e', 'nonfinite.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  t.equal(lines.length, 2);
  t.match(JSON.parse(lines[0]!), {
    id: /^p\.png@HR/,
    batch: Number,
    iter: Number,
    losses: { l_pix: String },
  });
  t.equal(readdirSync(path.join(folder, 'e', 'training_states')).length, 1);
});

t.test('what is kept', async (t) => {
  const iters = [10, 20, 30, 40, 50];
  t.same(superfluous(iters, {}), []);
  t.same(superfluous(iters, { keep_last: 2 }), [10, 20, 30]);
  t.same(superfluous(iters, { keep_last: 1, keep_every: 20 }), [10, 30]);
  const experiment = experimentAt(path.join(t.testdir(), 'e'), 'pth');
  await makeFolders(experiment);
  for (const iter of iters)
    for (const file of [
      experiment.model('net_g', iter),
      experiment.model('net_d', iter),
      experiment.state(iter),
    ])
      writeFileSync(file, '');
  writeFileSync(experiment.model('net_g', 'best_psnr'), '');
  await prune(experiment, { keep_last: 1, keep_every: 30 });
  t.same(readdirSync(path.join(experiment.root, 'training_states')).sort(), ['30.state', '50.state']);
  t.same(readdirSync(path.join(experiment.root, 'models')).sort(), [
    'net_d_30.pth',
    'net_d_50.pth',
    'net_g_30.pth',
    'net_g_50.pth',
    'net_g_best_psnr.pth',
  ]);
  t.match(await archive(experiment.root, new Date(2026, 0, 2, 3, 4, 5)), /e_archived_20260102_030405$/);
  t.equal(await archive(experiment.root, new Date()), undefined, 'there is nothing any more');

  const val = ValidationOptions.parse({
    images: 'a',
    metrics: { lpips: { type: 'calculate_ssim', better: 'lower' } },
  });
  const best = new BestKeeper({ val }, { psnr: { iter: 1, value: 20 } });
  const result = (psnr: number, lpips: number) => [{ name: 'a', psnr, psnrBicubic: 1, metrics: { lpips } }];
  t.same(best.better(2, result(19, 0.5)), ['lpips']);
  t.same(best.better(3, result(21, 0.6)), ['psnr']);
  t.same(best.better(4, result(21, 0.4)), ['lpips']);
  t.same(best.values, { psnr: { iter: 3, value: 21 }, lpips: { iter: 4, value: 0.4 } });
});

t.test('a full disk', async (t) => {
  const folder = t.testdir();
  await mustFit(folder, 1);
  await t.rejects(
    mustFit(folder, 3 * 2 ** 30, async () => 5 * 2 ** 20),
    { code: 'DISK_FULL', message: /takes 3\.0 GiB, and 5 MiB are free/, remedy: /keep_last/ },
  );
  const nospace = Object.assign(new Error('write'), { code: 'ENOSPC' });
  t.match(asDiskError(nospace, folder, 1), { code: 'DISK_FULL', cause: nospace });
  const other = new Error('other');
  t.equal(asDiskError(other, folder, 1), other);

  const one = trainee();
  const experiment = experimentAt(path.join(folder, 'e'), 'safetensors');
  await makeFolders(experiment);
  let free = Number.POSITIVE_INFINITY;
  const parsed = TrainOptions.parse(options(folder));
  const saver = new Saver(experiment, one, parsed, undefined, async () => free);
  const progress: Progress = {
    iter: 1,
    epoch: 0,
    batches: 1,
    batchSize: 1,
    engine: 'wasm',
    losses: [{ iter: 1, losses: { l_pix: Number.POSITIVE_INFINITY } }],
    pending: [],
    validation: [],
    best: {},
  };
  await saver.save(progress);
  const before = readFileSync(experiment.state(1));
  free = 1000;
  await t.rejects(saver.save({ ...progress, iter: 2 }), { code: 'DISK_FULL' });
  t.same(readdirSync(path.join(experiment.root, 'training_states')), ['1.state']);
  t.ok(readFileSync(experiment.state(1)).equals(before), 'what was there is whole');
  t.same((await readState(experiment.state(1))).progress, progress, 'infinite numbers survive');
  disposeTrainee(one);
});

t.test('what has changed', async (t) => {
  t.equal(fingerprint({ a: 1, b: [2, { c: 3 }] }), fingerprint({ b: [2, { c: 3 }], a: 1, d: undefined }));
  t.not(fingerprint({ a: 1 }), fingerprint({ a: 2 }));
  t.same(differences({ a: { b: 1, c: [1] }, d: 'x' }, { a: { b: 2, c: [1] }, e: null, d: undefined }), [
    'a.b: 1 -> 2',
    'd: "x" -> none',
  ]);
});

t.test('photographs in pairs', async (t) => {
  const folder = t.testdir();
  const write = async (name: string, width: number, height: number) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    const background = { r: 10 * width, g: 0, b: 0 };
    await sharp({ create: { width, height, channels: 3, background } }).toFile(path.join(folder, name));
  };
  await write('gt/a.png', 43, 40);
  await write('lq/a.jpg', 10, 10);
  const folders = { dataroot_gt: path.join(folder, 'gt'), dataroot_lq: path.join(folder, 'lq') };
  const [pair] = await readPhotographs(ValidationOptions.parse(folders), 4);
  t.match(pair, { name: 'a', gt: { width: 40, height: 40 }, lq: { width: 10, height: 10 } });
  const { dataroot_gt } = folders;
  const [alone] = await readPhotographs(ValidationOptions.parse({ dataroot_gt }), 4);
  t.ok(Math.abs(alone!.lq.data[0]! - (430 % 256)) > 0 && alone!.lq.width === 10);
  await write('gt/b.png', 40, 40);
  await t.rejects(readPhotographs(ValidationOptions.parse(folders), 4), {
    code: 'VAL_IMAGES',
    message: /b\.png: there is no picture of that name/,
  });
  await write('lq/b.png', 9, 10);
  await t.rejects(readPhotographs(ValidationOptions.parse(folders), 4), { message: /9x10 is not 40x40/ });
  await t.rejects(readPhotographs(ValidationOptions.parse({ dataroot_gt: 'nowhere' }), 4), {
    message: /no pictures in nowhere/,
  });
  t.strictSame(
    ValidationOptions.parse({ dataroot_lq: 'x', images: 'y' }).images,
    ['y'],
    'lq of photographs that are named',
  );
  t.throws(() => ValidationOptions.parse({ val_freq: 5 }), /give images or dataroot_gt/);
});

t.test('a report of a run that goes on', async (t) => {
  const soFar = new SoFar();
  const events: RunEvent[] = [
    { type: 'file', path: 'a.png', outcome: 'used', notes: [], crops: 3 },
    { type: 'stats', stages: [{ ...stage, stage: 'crop', out: 7 }, stage], rss: 9, elapsedMs: 61_000 },
    {
      type: 'iter',
      epoch: 0,
      iter: 20,
      totalIter: 60,
      lr: 1,
      losses: { l_pix: 0.5 },
      time: 1,
      timeData: 0,
      eta: 1,
    },
    {
      type: 'validation',
      iter: 20,
      results: [{ name: 'a', psnr: 20, psnrBicubic: 19, metrics: { ssim: 0.75 } }],
    },
  ];
  for (const event of events) soFar.event(event);
  const summary = soFar.summary('e');
  t.match(summary, { crops: 7, batches: 2, peakRss: 9, losses: [{ iter: 20 }], validation: [{ iter: 20 }] });
  t.equal(summary.files.length, 1);
  const plan = { name: 'e', files: 1, images: 1, skipped: 0, scales: [], crops: 3 };
  const html = renderReport({
    ...{ name: 'e', seed: 0, hash: '', scenes: [], options: { files: [], effective: [] } },
    summary,
    plan: { ...plan, memoryBudget: 1, preCropBytes: 1 },
    running: { totalIter: soFar.totalIter! },
    environment: {
      ...{ node: 'v20', platform: 'linux', cpu: 'cpu', cores: 1, memory: 1, version: '1' },
      ...{ packages: {}, folder: '/' },
    },
    command: 'esrgan',
    started: new Date(0),
  });
  t.match(html, /Still training: iteration 20 of 60 after/);
  t.match(html, /ssim<\/th>.*0\.7500/, 'with the metrics that were asked for');
});
