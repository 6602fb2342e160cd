import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../../src/engines/index.js';
import { listExecutions } from '../../../src/engines/onnxruntime/executions.js';
import { currentBackend } from '../../../src/engines/onnxruntime/start.js';
import { createPixelLoss } from '../../../src/losses/index.js';
import { createNetwork, NetworkOptions } from '../../../src/networks/index.js';
import type { Batch } from '../../../src/training/batch.js';
import { plainSettings, Steps } from '../../../src/training/step/step.js';
import { createTrainee, disposeTrainee } from '../../../src/training/trainee.js';

t.match(await useEngine('onnxruntime'), { name: 'onnxruntime', execution: 'cpu', reason: /onnxruntime 1\./ });
const backend = currentBackend();
const { executor } = backend;

function batch(n: number, size: number): Batch {
  const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919) % 251);
  const area = n * size * size * 3;
  return {
    index: 0,
    epoch: 0,
    size: n,
    lq: noise(area),
    lqShape: [n, size, size, 3],
    gt: noise(16 * area),
    gtShape: [n, 4 * size, 4 * size, 3],
    rows: [],
  };
}

function tiny() {
  const options = { type: 'SRVGGNetCompact', num_feat: 16, num_conv: 2 };
  const adam = { type: 'Adam', betas: [0.9, 0.99], weight_decay: 0 } as const;
  return createTrainee(
    { g: createNetwork(NetworkOptions.parse(options), 'seed') },
    { pixel: createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' }) },
    { ema_decay: 0.99, optim_g: adam, optim_d: adam },
  );
}

t.test('a training step is compiled twice at most, and leaves nothing behind', async (t) => {
  const trainee = tiny();
  const steps = new Steps(trainee, plainSettings);
  const losses: number[] = [];
  const learn = async () =>
    losses.push((await steps.learn(batch(2, 8), 1, { g: 1e-3, d: 0 }))!.losses.l_pix!);
  await learn();
  await learn();
  const compiled = executor.compilations;
  const ids = backend.numDataIds();
  const tensors = tf.memory().numTensors;
  for (let i = 0; i < 30; i++) await learn();
  t.equal(executor.compilations, compiled, 'no step after the second is compiled');
  t.equal(backend.numDataIds(), ids);
  t.equal(tf.memory().numTensors, tensors);
  t.ok(losses.at(-1)! < losses[0]!, `it learns: ${losses[0]} to ${losses.at(-1)}`);
  steps.dispose();
  disposeTrainee(trainee);
});

t.test('a step that throws leaves nothing behind', async (t) => {
  const before = { ids: backend.numDataIds(), tensors: tf.memory().numTensors };
  const x = tf.ones([1, 4, 4, 16]);
  t.throws(
    () =>
      tf.tidy(() => {
        const y = tf.relu(tf.mul(x, x));
        tf.square(y);
        throw new Error('as it happens');
      }),
    /as it happens/,
  );
  x.dispose();
  t.same({ ids: backend.numDataIds(), tensors: tf.memory().numTensors }, before);
  const after = tf.tensor1d([1, 2]);
  const compiled = executor.compilations;
  t.same([...(await tf.mul(after, 3).data())], [3, 6]);
  t.equal(executor.compilations, compiled + 1, 'what was given up is not computed later');
  tf.disposeVariables();
});

t.test('a run that fails can be followed by others', async (t) => {
  const bad = tf.tidy(() => tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([5], 'int32')));
  await t.rejects(bad.data());
  t.throws(() => bad.dataSync());
  bad.dispose();
  const good = tf.tidy(() => tf.add(tf.tensor1d([1, 2]), 1));
  t.same([...(await good.data())], [2, 3]);
  good.dispose();
});

t.test('parts of a kept vector are found in it', async (t) => {
  const vector = tf.tidy(() => tf.square(tf.tensor1d([1, 2, 3, 4, 5, 6])));
  const part = tf.tidy(() => tf.reshape(tf.slice(vector, [2], [4]), [2, 2]));
  const row = tf.tidy(() => tf.slice(part as tf.Tensor2D, [1, 0], [1, 2]));
  const compiled = executor.compilations;
  t.same([...(await row.data())], [25, 36]);
  t.equal(executor.compilations, compiled + 1);
  vector.dispose();
  t.same([...(await part.data())], [9, 16, 25, 36], 'also when the vector itself is gone');
  t.equal(executor.compilations, compiled + 1, 'without another run');
  const sum = tf.tidy(() => tf.sum(tf.transpose(part as tf.Tensor2D), 1));
  t.same([...(await sum.data())], [34, 52]);
  tf.dispose([part, row, sum]);
});

t.test('values that were handed out do not change', async (t) => {
  const source = Float32Array.of(1, 2, 3);
  const x = tf.tensor1d(source);
  source.fill(0);
  const y = tf.tidy(() => tf.mul(x, 2));
  const read = await y.data();
  y.dispose();
  for (let i = 0; i < 3; i++) tf.tidy(() => tf.mul(x, 100).dataSync());
  t.same([...read], [2, 4, 6]);
  x.dispose();
});

t.test('several readers at once, waiting or not', async (t) => {
  const x = tf.tensor1d([1, 2, 3]);
  const [a, b, c] = [tf.square(x), tf.add(x, 1), tf.neg(x)];
  const waiting = Promise.all([a.data(), b.data()]);
  t.same([...c.dataSync()], [-1, -2, -3]);
  t.same(
    (await waiting).map((values) => [...values]),
    [
      [1, 4, 9],
      [2, 3, 4],
    ],
  );
  tf.dispose([x, a, b, c]);
});

t.test('what does not exist is named', async (t) => {
  t.throws(() => tf.fft(tf.complex([1], [0])), /Complex|complex64/);
  t.throws(() => tf.topk(tf.tensor1d([1, 2]), 1), /TopK/);
  const states = listExecutions();
  t.ok(states.find(({ name }) => name === 'cpu')!.supported);
  for (const state of states) if (!state.supported) t.match(state, { reason: state.name, remedy: /\w/ });
  if (states.some(({ name, supported }) => name === 'coreml' && !supported))
    await t.rejects(useEngine('onnxruntime', 'coreml'), { code: 'ENGINE_MISSING', remedy: /macOS/ });
});
