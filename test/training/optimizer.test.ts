import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { createAdam } from '../../src/training/adam.js';
import { createEma, withWeights } from '../../src/training/ema.js';
import { flatten, flatWeights, unflatten } from '../../src/training/flat.js';

await tf.setBackend('cpu');

const vector = (...values: number[]) => tf.tensor1d(values);
const layout = { size: 2, parts: [{ name: 'a', shape: [2], begin: 0, size: 2 }] };
const near = (actual: ArrayLike<number>, expected: readonly number[]): boolean =>
  expected.every((e, i) => Math.abs(actual[i]! - e) <= 3e-7 * Math.max(1, Math.abs(e)));

// Computed in float64 from the formulas of the paper; the second weight meets a tiny gradient and a zero.
const expected = {
  Adam: [0.806527925053073, -1.949921646471778],
  'Adam with weight_decay': [0.7833512466549544, -1.7301604458713127],
  AdamW: [0.7790836244355936, -1.8902944898608258],
};

for (const [name, weights] of Object.entries(expected))
  t.test(name, async (t) => {
    const adam = createAdam(layout, {
      type: name === 'AdamW' ? 'AdamW' : 'Adam',
      betas: [0.9, 0.99],
      weight_decay: name === 'Adam' ? 0 : 0.1,
    });
    const w = tf.variable(vector(1, -2));
    const before = tf.memory().numTensors;
    const gradients = [
      [0.5, 1e-9],
      [-0.25, 0],
      [2, -3],
    ];
    for (const g of gradients)
      tf.tidy(() => w.assign(adam.step(w as tf.Tensor1D, vector(...g), adam.next(0.1))));
    t.ok(near(w.dataSync(), weights), `${w.dataSync()}`);
    t.equal(adam.steps, 3);
    if (name !== 'Adam with weight_decay') {
      t.ok(near(adam.m.dataSync(), [0.218, -0.3]));
      t.ok(near(adam.v.dataSync(), [0.04306900000000004, 0.09]));
    }
    t.equal(tf.memory().numTensors, before, 'nothing leaks');
    adam.dispose();
    w.dispose();
  });

t.test('a network whose weights are one vector', async (t) => {
  const parameters = new Map<string, tf.Variable>([
    ['a', tf.variable(tf.tensor2d([1, -2, 3, 4], [2, 2]))],
    ['b', tf.variable(tf.scalar(7))],
  ]);
  const weights = flatWeights(parameters);
  t.same([...weights.vector.dataSync()], [1, -2, 3, 4, 7]);
  const before = tf.memory().numTensors;
  tf.tidy(() => weights.set(vector(5, 6, 7, 8, 9)));
  t.same([...parameters.get('a')!.dataSync()], [5, 6, 7, 8], 'its variables are parts of it');
  t.same(parameters.get('a')!.shape, [2, 2]);
  t.same([...parameters.get('b')!.dataSync()], [9]);
  tf.tidy(() => parameters.get('b')!.assign(tf.scalar(1)));
  weights.refresh();
  t.same([...weights.vector.dataSync()], [5, 6, 7, 8, 1], 'what was loaded into the network is taken up');
  const parts = unflatten(weights.layout, weights.vector as tf.Tensor1D);
  t.same(
    [...parts].map(([name, part]) => [name, part.shape]),
    [
      ['a', [2, 2]],
      ['b', []],
    ],
  );
  t.throws(() => flatten(weights.layout, new Map([['a', parts.get('a')!]])), /no value for b/);
  tf.dispose([...parts.values()]);

  const ema = createEma(weights.vector as tf.Tensor1D, 0.75);
  t.same([...ema.vector.dataSync()], [5, 6, 7, 8, 1], 'EMA starts as a copy');
  tf.tidy(() => weights.set(vector(9, 10, 7, 8, 5)));
  ema.update(weights.vector as tf.Tensor1D);
  t.same([...ema.vector.dataSync()], [6, 7, 7, 8, 2], 'and follows slowly');
  const b = () => [...parameters.get('b')!.dataSync()];
  t.same(
    await withWeights(weights, ema.vector as tf.Tensor1D, async () => b()),
    [2],
    'a network may borrow it',
  );
  t.same(b(), [5], 'and has its own weights again afterwards');
  await t.rejects(
    withWeights(weights, ema.vector as tf.Tensor1D, () => Promise.reject(new Error('no'))),
    /no/,
  );
  t.same(b(), [5], 'also after an error');
  ema.dispose();
  t.equal(tf.memory().numTensors, before, 'nothing leaks');
});
