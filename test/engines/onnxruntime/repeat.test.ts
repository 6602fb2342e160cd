import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../../src/engines/index.js';
import { currentBackend } from '../../../src/engines/onnxruntime/start.js';
import { createRepeater, type Work } from '../../../src/engines/repeat.js';
import { createGanLoss, createPixelLoss, GanLossOptions } from '../../../src/losses/index.js';
import {
  createDiscriminator,
  createNetwork,
  DiscriminatorOptions,
  NetworkOptions,
} from '../../../src/networks/index.js';
import type { Batch } from '../../../src/training/batch.js';
import { withWeights } from '../../../src/training/ema.js';
import { plainSettings, Steps } from '../../../src/training/step/step.js';
import {
  createTrainee,
  disposeTrainee,
  settle,
  type Trainee,
  variablesOf,
} from '../../../src/training/trainee.js';

await useEngine('onnxruntime');
const backend = currentBackend();
const { executor } = backend;

function batch(index: number, n: number, size: number): Batch {
  const noise = (length: number) => Uint8Array.from({ length }, (_, i) => ((i + index) * 7919) % 251);
  const area = n * size * size * 3;
  return {
    index,
    epoch: 0,
    size: n,
    lq: noise(area),
    lqShape: [n, size, size, 3],
    gt: noise(16 * area),
    gtShape: [n, 4 * size, 4 * size, 3],
    rows: [],
  };
}

async function trainee(gan: boolean): Promise<Trainee> {
  const options = NetworkOptions.parse({ type: 'SRVGGNetCompact', num_feat: 16, num_conv: 2 });
  const opponent = DiscriminatorOptions.parse({ type: 'UNetDiscriminatorSN', num_feat: 4 });
  const adam = { type: 'AdamW', betas: [0.9, 0.99], weight_decay: 0.01 } as const;
  const made = createTrainee(
    { g: createNetwork(options, 'g'), ...(gan ? { d: createDiscriminator(opponent, 'd') } : {}) },
    {
      pixel: createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' }),
      ...(gan
        ? {
            gan: createGanLoss(
              GanLossOptions.parse({ type: 'GANLoss', gan_type: 'vanilla', loss_weight: 0.1 }),
            ),
          }
        : {}),
    },
    { ema_decay: 0.9, optim_g: adam, optim_d: adam },
  );
  await settle(made);
  return made;
}

/** A digest of all that a training run leaves behind. */
async function values(of: Trainee): Promise<string> {
  const hash = createHash('sha256');
  for (const variable of variablesOf(of)) hash.update(await variable.data());
  return hash.digest('hex');
}

const SIZES = [8, 8, 8, 8, 4, 8, 4, 4];

/** Steps of two sizes, with another learning rate each time and a look at the averaged weights in between. */
async function run(gan: boolean, stepsFor: (trained: Trainee, made?: Steps) => Steps) {
  const trained = await trainee(gan);
  const losses: unknown[] = [];
  let steps: Steps | undefined;
  for (const [i, size] of SIZES.entries()) {
    steps = stepsFor(trained, steps);
    losses.push(await steps.learn(batch(i, 2, size), i + 1, { g: 1e-3 / (i + 1), d: 1e-4 * i }));
    if (i === 3)
      await withWeights(trained.generator.weights, trained.ema.vector, async () => {
        const sr = trained.generator.network.forward(tf.zeros([1, 4, 4, 3]));
        await sr.data();
        sr.dispose();
      });
  }
  steps!.dispose();
  const end = await values(trained);
  disposeTrainee(trained);
  return { losses, end };
}

for (const gan of [false, true])
  t.test(
    `steps ${gan ? 'of two networks ' : ''}that are repeated are the same to the last bit`,
    async (t) => {
      const before = executor.repetitions;
      // Steps that were just made know of no step yet.
      const anew = await run(gan, (trained, made) => {
        made?.dispose();
        return new Steps(trained, plainSettings);
      });
      t.equal(executor.repetitions, before);
      const compiled = executor.compilations;
      const repeated = await run(gan, (trained, made) => made ?? new Steps(trained, plainSettings));
      t.equal(executor.repetitions - before, SIZES.length - 4, 'all but the first two of each size');
      t.equal(executor.compilations, compiled);
      t.same(repeated, anew);
    },
  );

t.test('a step that was repeated leaves nothing behind, and can be taken back', async (t) => {
  const trained = await trainee(false);
  const steps = new Steps(trained, plainSettings);
  const learn = (i: number, lr = 1e-3) => steps.learn(batch(i, 2, 8), i, { g: lr, d: 0 });
  for (let i = 0; i < 3; i++) await learn(i);
  const ids = backend.numDataIds();
  const tensors = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) await learn(i);
  t.equal(backend.numDataIds(), ids);
  t.equal(tf.memory().numTensors, tensors);
  const good = await values(trained);
  // The weights of this step are infinite, and so is the loss of the next.
  await learn(1, Number.MAX_VALUE);
  const bad = await values(trained);
  const { repetitions } = executor;
  t.equal((await learn(2))!.applied, false);
  t.equal(executor.repetitions, repetitions + 1);
  t.same(await values(trained), bad);
  t.notSame(bad, good);
  steps.dispose();
  disposeTrainee(trained);
});

/** y += x * factor, and what y is then. */
function growing(): {
  work: (x: number, more?: () => tf.Tensor) => Work<string>;
  y: tf.Variable;
  dispose(): void;
} {
  const y = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const inputs: tf.Tensor[] = [];
  const work = (x: number, more = (): tf.Tensor => tf.scalar(2)): Work<string> => {
    inputs.push(tf.tensor1d([x, -x]));
    return {
      key: 'growing',
      inputs: inputs.slice(-1),
      variables: [y],
      compute: () => {
        y.assign(tf.add(y, tf.mul(inputs.at(-1)!, more())));
        return { result: tf.mul<tf.Tensor1D>(y, 10), note: `${x}` };
      },
    };
  };
  return { work, y, dispose: () => tf.dispose([y, ...inputs]) };
}

t.test('what was noted the first times is told again', async (t) => {
  const { work, y, dispose } = growing();
  const repeater = createRepeater<string>(true);
  const { repetitions } = executor;
  for (let i = 0; i < 2; i++) await repeater.run(work(1));
  t.same(await repeater.run(work(3)), { values: Float32Array.of(110, -80), note: '1' });
  t.equal(executor.repetitions, repetitions + 1);
  t.same([...(await y.data())], [11, -8]);
  tf.tidy(() => y.assign(tf.tensor1d([0, 1])));
  t.same((await repeater.run(work(0))).values, Float32Array.of(0, 10), 'variables may be assigned by others');
  t.equal(executor.repetitions, repetitions + 2);
  tf.tidy(() => y.assign(tf.add(y, 1)));
  t.same((await repeater.run(work(0))).values, Float32Array.of(10, 20), 'also what is still to be computed');
  t.equal(executor.repetitions, repetitions + 2, 'which takes another graph');
  repeater.dispose();
  dispose();
});

t.test('what is not the same each time is not repeated', async (t) => {
  const { repetitions } = executor;
  const { work, dispose } = growing();
  const repeater = createRepeater<string>(true);
  let last = 1;
  for (let i = 1; i < 12; i++) {
    const { values } = await repeater.run(work(1, () => tf.scalar(i)));
    last += i;
    t.equal(values[0], 10 * last);
  }
  const kept: tf.Tensor[] = [];
  const keeps = growing();
  for (let i = 0; i < 5; i++) {
    const more = (): tf.Tensor => {
      kept.push(tf.keep(tf.add(keeps.y, 1)));
      return tf.scalar(1);
    };
    t.equal((await repeater.run({ ...keeps.work(1, more), key: 'keeps' })).values[0], 10 * (2 + i));
  }
  t.same(
    kept.map((tensor) => tensor.dataSync()[0]),
    [2, 3, 4, 5, 6],
  );
  t.equal(executor.repetitions, repetitions);
  repeater.dispose();
  dispose();
  keeps.dispose();
  tf.dispose(kept);
});
