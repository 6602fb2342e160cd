import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { firstValueFrom, from, throwError } from 'rxjs';
import sharp from 'sharp';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { EsrganError } from '../../src/errors.js';
import type { RunEvent } from '../../src/events.js';
import { createNetwork, type Network, NetworkOptions, stateDict } from '../../src/networks/index.js';
import { train as trainStage } from '../../src/stages/train/train.js';
import type { Batch } from '../../src/training/batch.js';
import {
  type Checkpoint,
  loadWeights,
  type ParamKey,
  readCheckpoint,
  weights,
} from '../../src/training/checkpoint.js';
import { TrainOptions } from '../../src/training/options.js';
import { type TrainSummary, train } from '../../src/training/train.js';
import { enlarge } from '../../src/training/validation/enlarge.js';
import { pixels } from '../../src/training/validation/pixels.js';
import { fixture } from '../root.js';

/** The network that a checkpoint tells of. */
function networkOf(checkpoint: Checkpoint, key: ParamKey): Network {
  const network = createNetwork(NetworkOptions.parse(JSON.parse(checkpoint.metadata.network_g!)), '0');
  loadWeights(network, checkpoint, key);
  return network;
}

const augment = { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 8 };

function makeBatch(index: number, n: number, edge: number, lq: Uint8Array, gt: Uint8Array): Batch {
  const rows = Array.from({ length: n }, (_, i) => ({
    id: `picture.png@HR:8x8+${index}+${i}`,
    epoch: 0,
    seed: '00',
    augment,
    degradations: [],
  }));
  const shape = (side: number) => [n, side, side, 3] as const;
  return { index, epoch: 0, size: n, lq, lqShape: shape(edge), gt, gtShape: shape(edge * 4), rows };
}

/** Squares of one gray each: a network has to learn to repeat pixels, which it already does. */
function grayBatch(index: number): Batch {
  const value = (index * 37) % 256;
  return makeBatch(index, 1, 4, new Uint8Array(48).fill(value), new Uint8Array(768).fill(value));
}

/** An endless source that keeps count. */
function source(make: (index: number) => Batch | undefined = grayBatch) {
  let next = 0;
  const done: number[] = [];
  return {
    done_: done,
    next: async () => make(next++),
    done: (batch: Batch) => void done.push(batch.index),
  };
}

interface Extra {
  readonly [key: string]: unknown;
}

const tiny = { type: 'SRVGGNetCompact', num_feat: 4, num_conv: 1 };

function options(folder: string, training: Extra, rest: Extra = {}): TrainOptions {
  return TrainOptions.parse({
    name: 'tiny',
    engine: 'cpu',
    network_g: tiny,
    path: { experiments_root: folder },
    train: training,
    ...rest,
  });
}

function context(signal = new AbortController().signal) {
  const events: RunEvent[] = [];
  return { name: 'unnamed', signal, events, emit: (event: RunEvent) => void events.push(event) };
}

const of = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

t.test('a run from start to end', async (t) => {
  const folder = t.testdir();
  const photograph = path.join(folder, 'held back [1].png');
  const noise = Uint8Array.from({ length: 45 * 34 * 3 }, (_, i) => (i * 7919) % 251);
  await sharp(noise, { raw: { width: 45, height: 34, channels: 3 } })
    .png()
    .toFile(photograph);
  await useEngine('cpu');
  const tensors = tf.memory().numTensors;
  const ctx = context();
  const batches = source();
  const summary = await train(
    batches,
    options(
      folder,
      { total_iter: 6 },
      { val: { images: photograph, val_freq: 4 }, logger: { print_freq: 4, save_checkpoint_freq: 3 } },
    ),
    ctx,
  );
  t.match(summary, { iters: 6, stopped: false });
  t.same(batches.done_, [0, 1, 2, 3, 4, 5], 'every batch is given back once');
  t.match(of(ctx.events, 'engine'), [{ engine: 'cpu' }]);
  t.same(
    of(ctx.events, 'iter').map(({ iter, totalIter }) => [iter, totalIter]),
    [
      [1, 6],
      [4, 6],
      [6, 6],
    ],
  );
  t.ok(of(ctx.events, 'iter').every(({ time, timeData }) => time > 0 && timeData >= 0 && timeData <= time));
  t.same(
    summary.validation.map(({ iter }) => iter),
    [4, 6],
  );
  const [last] = summary.validation.at(-1)!.results;
  t.match(last, { name: 'held back [1]', psnr: Number, psnrBicubic: Number });
  t.ok(last!.psnr > 5 && last!.psnrBicubic > 5 && last!.psnr !== last!.psnrBicubic);
  t.equal(summary.pictures.length, 1);
  t.match(await sharp(summary.pictures[0]!).metadata(), { format: 'png', width: 8 + 4 * (32 * 3 + 8) });
  t.same((await readdir(path.join(folder, 'tiny', 'models'))).sort(), [
    'net_g_3.safetensors',
    'net_g_6.safetensors',
    'net_g_best_psnr.safetensors',
    'net_g_latest.safetensors',
  ]);
  t.equal(tf.memory().numTensors, tensors, 'no tensor is left behind');

  const checkpoint = await readCheckpoint(summary.checkpoint);
  t.match(checkpoint.metadata, { iter: '6', scale: '4' });
  const network = networkOf(checkpoint, 'params_ema');
  t.match(network, { type: 'SRVGGNetCompact', scale: 4 });
  const ema = weights(checkpoint, 'params_ema');
  for (const [name, { data }] of await stateDict(network)) t.same(data, ema.get(name)!.data, name);
  const plain = networkOf(checkpoint, 'params');
  t.notSame([...(await stateDict(plain)).values()], [...ema.values()], 'the two sets differ');
  const lq = { ...pixels(5, 3), data: noise.slice(0, 45) };
  t.match(await enlarge(network, lq), { width: 20, height: 12 });
  network.dispose();
  plain.dispose();
});

t.test('stopping finishes the step under way and saves', async (t) => {
  const folder = t.testdir();
  const stop = new AbortController();
  const ctx = context(stop.signal);
  const batches = source((i) => {
    if (i === 2) stop.abort();
    return grayBatch(i);
  });
  const summary = await train(
    batches,
    options(folder, { total_iter: 100 }, { logger: { print_freq: 50 } }),
    ctx,
  );
  t.match(summary, { iters: 2, stopped: true });
  t.ok(existsSync(path.join(folder, 'tiny', 'models', 'net_g_2.safetensors')));
  await new Promise(setImmediate);
  t.same(batches.done_, [0, 1, 2], 'the batch that came too late is given back too');
  t.same(
    summary.losses.map(({ iter }) => iter),
    [1, 2],
  );
});

t.test('batches that end early are worth a warning', async (t) => {
  const ctx = context();
  const summary = await train(
    source((i) => (i < 3 ? grayBatch(i) : undefined)),
    options(t.testdir(), { total_iter: 9 }),
    ctx,
  );
  t.match(summary, { iters: 3, stopped: false });
  t.match(of(ctx.events, 'warning'), [{ message: /ended after 3 of 9/ }]);
});

t.test('a loss that is not a number', async (t) => {
  const folder = t.testdir();
  await t.rejects(train(source(), options(folder, { total_iter: 50, optim_g: { lr: 1e30 } }), context()), {
    name: 'EsrganError',
    code: 'LOSS_NOT_FINITE',
    message: /iteration \d.*picture\.png@HR/,
    remedy: /optim_g\.lr/,
  });
  const [saved] = await readdir(path.join(folder, 'tiny', 'models'));
  t.match(saved, /^net_g_\d+\.safetensors$/, 'the weights before it are saved');
});

t.test('files that cannot be used', async (t) => {
  const folder = t.testdir();
  const attempt = (rest: Extra): Promise<TrainSummary> =>
    train(source(), options(folder, { total_iter: 1 }, rest), context());
  const missing = { val: { images: path.join(folder, '*.png') } };
  await t.rejects(attempt(missing), { code: 'VAL_IMAGES', message: /nothing matches/ });
  const pretrain = (file: string, strict_load_g = true) => ({
    path: { experiments_root: folder, pretrain_network_g: file, strict_load_g },
  });
  await t.rejects(attempt(pretrain('nowhere.safetensors')), { code: 'WEIGHTS_UNREADABLE' });
  const other = fixture('training', 'esrnet_init.safetensors');
  const misfit = await attempt(pretrain(other)).catch((error: unknown) => error);
  t.ok(misfit instanceof EsrganError && misfit.place?.file === other);
  const left = tf.memory().numTensors;
  await t.rejects(attempt(missing));
  t.equal(tf.memory().numTensors, left, 'a failed start leaves no tensor behind');
});

t.test('enlarging tile by tile gives what enlarging the whole does', async (t) => {
  await useEngine('wasm');
  const network = createNetwork(NetworkOptions.parse(tiny), '1');
  const lq = pixels(230, 210);
  for (let i = 0; i < lq.data.length; i++) lq.data[i] = (i * 7919) % 251;
  const tiled = await enlarge(network, lq);
  const whole = await enlarge(network, lq, { tile: 1024, pad: 0 });
  t.same([tiled.width, tiled.height], [920, 840]);
  const worst = tiled.data.reduce((most, v, i) => Math.max(most, Math.abs(v - whole.data[i]!)), 0);
  t.ok(worst <= 1, `differs by ${worst}`);
  t.ok(new Set(tiled.data).size > 50);
  network.dispose();
});

t.test('as a stage of a stream', async (t) => {
  const released: number[] = [];
  const stage = trainStage(options(t.testdir(), { total_iter: 3 }), context());
  const outputs = [0, 1, 2, 3, 4].map((index) => ({
    batch: grayBatch(index),
    release: () => void released.push(index),
  }));
  const summary = await firstValueFrom(from(outputs).pipe(stage));
  t.equal(summary.iters, 3);
  t.same(released, [0, 1, 2, 3, 4], 'batches nobody needs are given back too');
  await t.rejects(firstValueFrom(throwError(() => new Error('no disk')).pipe(stage)), { message: 'no disk' });
});
