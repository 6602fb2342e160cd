import { appendFileSync, existsSync, mkdtempSync, readFileSync, statSync, truncateSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import type { RunEvent } from '../../src/events.js';
import { createPixelLoss, createSampleLoss, PixelLossOptions } from '../../src/losses/index.js';
import type { Batch } from '../../src/training/batch.js';
import { readCheckpoint } from '../../src/training/checkpoint.js';
import { TrainOptions } from '../../src/training/options.js';
import { SamplesLog } from '../../src/training/samples-log.js';
import { train } from '../../src/training/train.js';

const augment = { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 16 };
const [SIZE, EDGE] = [3, 4];

function makeBatch(index: number): Batch {
  const bytes = (count: number, factor: number): Uint8Array =>
    Uint8Array.from({ length: count }, (_, i) => (i * factor * (index + 1)) % 251);
  const shape = (edge: number) => [SIZE, edge, edge, 3] as const;
  return {
    ...{ index, epoch: Math.floor(index / 4), size: SIZE },
    lq: bytes(SIZE * EDGE * EDGE * 3, 7),
    lqShape: shape(EDGE),
    gt: bytes(SIZE * 16 * EDGE * EDGE * 3, 11),
    gtShape: shape(4 * EDGE),
    rows: Array.from({ length: SIZE }, (_, i) => ({
      ...{ id: `picture ${index} ${i}`, epoch: Math.floor(index / 4), seed: '00', augment, degradations: [] },
    })),
  };
}

function source(last = Number.POSITIVE_INFINITY, from = 0) {
  let next = from;
  return { next: async () => (next < last ? makeBatch(next++) : undefined), done: () => {} };
}

interface Line {
  readonly iter: number;
  readonly batch: number;
  readonly epoch: number;
  readonly id: string;
  readonly l_pix: number;
  readonly l_g_pix: number;
}

const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

function options(folder: string, given: Record<string, unknown>, logger: Record<string, unknown> = {}) {
  const { train: training = {}, ...rest } = given;
  return TrainOptions.parse({
    ...{ name: 'logged', engine: 'cpu', network_g: { type: 'SRVGGNetCompact', num_feat: 4, num_conv: 1 } },
    path: { experiments_root: folder },
    train: { total_iter: 6, ...(training as object) },
    logger: { print_freq: 1, use_tb_logger: false, log_samples: true, ...logger },
    ...rest,
  });
}

async function run(settings: TrainOptions, batches = source()) {
  const losses: Record<string, number>[] = [];
  const emit = (event: RunEvent): void => {
    if (event.type === 'iter') losses.push({ ...event.losses });
  };
  const { checkpoint } = await train(batches, settings, {
    ...{ name: 'x', signal: new AbortController().signal, emit },
  });
  return { losses, checkpoint };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

t.test('the losses of samples have the loss of their batch as their mean, or sum', async (t) => {
  await useEngine('cpu');
  const sr = tf.tensor4d(
    Array.from({ length: 48 }, (_, i) => ((i * 7) % 11) / 10),
    [4, 2, 2, 3],
  );
  const gt = tf.tensor4d(
    Array.from({ length: 48 }, (_, i) => ((i * 5) % 13) / 12),
    [4, 2, 2, 3],
  );
  for (const type of ['L1Loss', 'MSELoss', 'CharbonnierLoss'])
    for (const reduction of ['mean', 'sum'])
      for (const loss_weight of [1, 0.5]) {
        const settings = PixelLossOptions.parse({ type, reduction, loss_weight });
        const batch = createPixelLoss(settings)(sr, gt).dataSync()[0]!;
        const each = createSampleLoss(settings)(sr, gt);
        t.strictSame(each.shape, [4]);
        const values = Array.from(each.dataSync());
        t.equal(new Set(values.map((value) => value.toFixed(6))).size, 4, 'they differ');
        const sum = values.reduce((a, b) => a + b, 0);
        const all = reduction === 'mean' ? sum / 4 : sum;
        t.ok(Math.abs(all - batch) < 1e-5 * batch, `${type} ${reduction}: ${all} ${batch}`);
      }
});

t.test('every sample of every step is there, and training is what it was', async (t) => {
  const folder = t.testdir();
  const { losses, checkpoint } = await run(options(folder, {}));
  const lines = linesOf(path.join(folder, 'logged', 'samples_log.jsonl'));
  t.equal(lines.length, 6 * SIZE);
  t.strictSame(
    lines.map(({ iter, batch, epoch, id }) => [iter, batch, epoch, id]),
    lines.map((_, i) => {
      const batch = Math.floor(i / SIZE);
      return [batch + 1, batch, Math.floor(batch / 4), `picture ${batch} ${i % SIZE}`];
    }),
  );
  for (const [step, { l_pix }] of losses.entries()) {
    const own = lines.filter(({ iter }) => iter === step + 1).map((line) => line.l_pix);
    t.ok(Math.abs(mean(own) - l_pix!) < 1e-6, `${own} ${l_pix}`);
  }
  const without = await run(options(folder, { name: 'quiet' }, { log_samples: false }));
  t.notOk(existsSync(path.join(folder, 'quiet', 'samples_log.jsonl')), 'off by default');
  t.strictSame(without.losses, losses);
  const [a, b] = await Promise.all([checkpoint, without.checkpoint].map(readCheckpoint));
  t.same(a!.sets, b!.sets, 'the same weights to the bit');
});

t.test('engines agree', async (t) => {
  const folder = t.testdir();
  const logs = [];
  for (const engine of ['cpu', 'onnxruntime']) {
    await run(options(folder, { name: engine, engine, execution: 'cpu' }));
    logs.push(linesOf(path.join(folder, engine, 'samples_log.jsonl')));
  }
  const [cpu, onnx] = logs as [Line[], Line[]];
  t.strictSame(
    onnx.map(({ iter, id }) => [iter, id]),
    cpu.map(({ iter, id }) => [iter, id]),
  );
  const worst = Math.max(...cpu.map(({ l_pix }, i) => Math.abs(l_pix - onnx[i]!.l_pix)));
  t.ok(worst < 1e-4, `${worst}`);
});

t.test('with an opponent, and with steps of several batches', async (t) => {
  const folder = t.testdir();
  const gan = {
    network_d: { type: 'UNetDiscriminatorSN', num_feat: 2 },
    train: {
      ...{ gan_opt: { type: 'GANLoss', gan_type: 'vanilla', loss_weight: 0.1 } },
      ...{ accum_iter: 2, net_d_init_iters: 1, total_iter: 3 },
    },
  };
  const { losses } = await run(options(folder, gan));
  const lines = linesOf(path.join(folder, 'logged', 'samples_log.jsonl'));
  t.strictSame(
    [...new Set(lines.map(({ iter, batch }) => `${iter}: ${batch}`))],
    ['2: 2', '2: 3', '3: 4', '3: 5'],
    'the generator did not learn in the first step',
  );
  for (const iter of [2, 3]) {
    const own = lines.filter((line) => line.iter === iter).map(({ l_g_pix }) => l_g_pix);
    t.equal(own.length, 2 * SIZE);
    t.ok(Math.abs(mean(own) - losses[iter - 1]!.l_g_pix!) < 1e-6);
  }
});

t.test('a run that goes on continues it without gap or repetition', async (t) => {
  const folder = t.testdir();
  await run(options(folder, { name: 'whole' }));
  const whole = readFileSync(path.join(folder, 'whole', 'samples_log.jsonl'), 'utf8');
  await run(options(folder, {}, { save_checkpoint_freq: 2 }), source(4));
  const file = path.join(folder, 'logged', 'samples_log.jsonl');
  // As if the run had been killed after its fifth step, in the middle of a line.
  appendFileSync(
    file,
    '{"iter":5,"batch":4,"epoch":1,"id":"picture 4 0","l_pix":0.1}\n{"iter":5,"batch":4,"ep',
  );
  const paths = { experiments_root: folder, resume_state: 'auto' };
  await run(options(folder, { path: paths }));
  t.equal(readFileSync(file, 'utf8'), whole);
});

t.test('long logs are cut at the right line', async (t) => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'esrgan-samples-')), 'samples_log.jsonl');
  const samples = (iter: number) => [{ l_pix: Float32Array.from({ length: SIZE }, () => iter / 7) }];
  const all = new SamplesLog(file, 0);
  const iters = 4000;
  for (let iter = 1; iter <= iters; iter++) all.add(iter, [makeBatch(iter % 50)], samples(iter));
  all.close();
  const lines = linesOf(file);
  t.equal(lines.length, SIZE * iters);
  t.equal(lines.at(-1)?.l_pix, Number(Math.fround(iters / 7).toPrecision(9)));
  t.ok(statSync(file).size > 8 * 2 ** 16);
  for (const after of [iters + 1, iters, 3999, 2718, 2717, 1000, 2, 1]) {
    new SamplesLog(file, after).close();
    const kept = linesOf(file);
    t.equal(kept.length, SIZE * Math.min(after, iters), `after ${after}`);
    t.equal(kept.at(-1)?.iter, Math.min(after, iters));
  }
  truncateSync(file, 10);
  new SamplesLog(file, 5).close();
  t.equal(statSync(file).size, 0, 'half a line is none');
});

t.test('there must be a pixel loss', async (t) => {
  t.throws(
    () =>
      options(t.testdir(), {
        train: { pixel_opt: null, perceptual_opt: { type: 'PerceptualLoss', layer_weights: { conv1_2: 1 } } },
      }),
    /log_samples notes down the pixel loss/,
  );
});
