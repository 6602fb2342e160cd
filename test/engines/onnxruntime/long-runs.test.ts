import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../../src/engines/index.js';
import { currentBackend } from '../../../src/engines/onnxruntime/start.js';
import { createPixelLoss, type PixelLoss } from '../../../src/losses/index.js';
import { createNetwork, NetworkOptions } from '../../../src/networks/index.js';
import type { Batch } from '../../../src/training/batch.js';
import { TrainOptions } from '../../../src/training/options.js';
import { plainSettings, type StepSettings, Steps } from '../../../src/training/step/step.js';
import { train } from '../../../src/training/train.js';
import { createTrainee, disposeTrainee } from '../../../src/training/trainee.js';
import { fixture } from '../../root.js';
import { referenceBatches, referenceRun } from '../../training/golden-run.js';

await useEngine('onnxruntime', 'cpu');
const backend = currentBackend();
const { executor } = backend;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MiB = 2 ** 20;

/** What `look` sees after each step of a training run. */
async function watch<T>(options: object, source: Parameters<typeof train>[0], look: () => T): Promise<T[]> {
  const seen: T[] = [];
  await train(source, TrainOptions.parse({ engine: 'onnxruntime', execution: 'cpu', ...options }), {
    name: 'watched',
    signal: new AbortController().signal,
    emit: ({ type }) => void (type === 'iter' && seen.push(look())),
  });
  return seen;
}

for (const accum_iter of [1, 2])
  t.test(
    `two networks, VGG, clipped gradients, ${accum_iter} batches a step: nothing is compiled after step 2`,
    async (t) => {
      const golden = referenceRun('gan');
      const { perceptual_opt, ...rest } = golden.options.train as { perceptual_opt: object };
      const vgg_weights = fixture('networks', 'vgg19_width8', 'vgg19.safetensors');
      const options = {
        ...golden.options,
        train: {
          ...rest,
          perceptual_opt: { type: 'PerceptualLoss', ...perceptual_opt, vgg_weights },
          ...{ total_iter: 10, warmup_iter: 5, accum_iter, clip_grad_norm: 0.5, ema_decay: 0.99 },
        },
        path: { experiments_root: t.testdir() },
        logger: { print_freq: 1 },
      };
      const before = executor.compilations;
      const compiled = await watch(options, referenceBatches('gan'), () => executor.compilations);
      t.equal(compiled.length, 10);
      t.ok(compiled[0]! > before);
      t.same(compiled.slice(2), new Array(8).fill(compiled[1]), `compiled so far: ${compiled}`);
    },
  );

function noise(index: number): Batch {
  const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => ((i + index) * 7919) % 251);
  const augment = { hflip: false, vflip: false, rot90: false, x: 0, y: 0, size: 8 };
  return {
    ...{ index, epoch: 0, size: 1 },
    lq: bytes(48),
    lqShape: [1, 4, 4, 3],
    gt: bytes(768),
    gtShape: [1, 16, 16, 3],
    rows: [{ id: `p.png@HR:8x8+${index}+0`, epoch: 0, seed: '00', augment, degradations: [] }],
  };
}

const tiny = { type: 'SRVGGNetCompact', num_feat: 4, num_conv: 1 };

for (const accum_iter of [1, 2])
  t.test(`memory stays as it is over 2,000 steps of ${accum_iter}`, async (t) => {
    let next = 0;
    const options = {
      network_g: tiny,
      train: { total_iter: 2000, accum_iter },
      path: { experiments_root: t.testdir() },
      logger: { print_freq: 250 },
    };
    const seen = await watch(options, { next: async () => noise(next++), done: () => {} }, () => {
      collectGarbage();
      return {
        rss: process.memoryUsage().rss,
        tensors: tf.memory().numTensors,
        ids: backend.numDataIds(),
        compiled: executor.compilations,
      };
    });
    t.equal(seen.length, 9, 'after the first step and every 250');
    const [first, last] = [seen[2]!, seen.at(-1)!];
    t.comment(seen.map(({ rss }) => (rss / MiB).toFixed(1)).join(' '));
    const grown = (last.rss - first.rss) / MiB;
    t.ok(grown < 16, `grown by ${grown.toFixed(1)} MiB from step 500 to step 2000`);
    t.same({ ...last, rss: 0 }, { ...first, rss: 0 }, 'tensors, their data and compiled graphs');
  });

function trainee(pixel: PixelLoss) {
  const adam = { type: 'Adam', betas: [0.9, 0.99], weight_decay: 0 } as const;
  const g = createNetwork(NetworkOptions.parse(tiny), 'seed');
  return createTrainee({ g }, { pixel }, { ema_decay: 0.9, optim_g: adam, optim_d: adam });
}

const l1 = createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' });

/** What goes wrong: while a step is written down, or not before it is computed. */
const mishaps: Record<string, PixelLoss> = {
  'tfjs throws': (sr, gt) => {
    tf.square(tf.sub(sr, gt));
    throw new Error('as it happens');
  },
  'onnxruntime fails': (sr, gt) => {
    const outside = tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([5], 'int32'));
    return tf.mul<tf.Scalar>(l1(sr, gt), tf.sum(outside));
  },
};

for (const [name, mishap] of Object.entries(mishaps))
  for (const accum_iter of [1, 2])
    t.test(`no leak when ${name} in a step of ${accum_iter}`, async (t) => {
      let wrong = false;
      const trained = trainee((sr, gt) => tf.tidy(() => (wrong ? mishap(sr, gt) : l1(sr, gt))));
      const settings: StepSettings = { ...plainSettings, accum_iter };
      const steps = new Steps(trained, settings);
      let index = 0;
      const learn = async (): Promise<void> => {
        for (let i = 0; i < accum_iter; i++) {
          const made = await steps.learn(noise(index++), 1, { g: 1e-3, d: 0 });
          if (made) t.equal(made.applied, true);
        }
      };
      const fail = async (size: number): Promise<void> => {
        wrong = true;
        // Of another size than before, so that it is not the repetition of a step that went well.
        const batch = noise(index++);
        const part = { ...batch, lq: batch.lq.subarray(0, 12 * size), lqShape: [1, size, 4, 3] as const };
        const large = { gt: batch.gt.subarray(0, 192 * size), gtShape: [1, 4 * size, 16, 3] as const };
        await t.rejects(steps.learn({ ...part, ...large }, 1, { g: 1e-3, d: 0 }));
        steps.abandon();
        wrong = false;
      };
      for (let i = 0; i < 3; i++) await learn();
      await fail(1);
      await learn();
      const held = () => ({ tensors: tf.memory().numTensors, ids: backend.numDataIds() });
      const before = held();
      for (let i = 0; i < 20; i++) {
        await fail(1 + (i % 3));
        t.same(held(), before);
      }
      await learn();
      t.same(held(), before);
      steps.dispose();
      disposeTrainee(trained);
    });
