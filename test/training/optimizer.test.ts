import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { createAdam } from '../../src/training/adam.js';
import { assignAll, createEma, withWeights } from '../../src/training/ema.js';

await tf.setBackend('cpu');

const parameters = () =>
  new Map([
    ['a', tf.variable(tf.tensor([1, -2]))],
    ['b', tf.variable(tf.scalar(7))],
  ]);
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
    const p = parameters();
    const adam = createAdam(p, {
      type: name === 'AdamW' ? 'AdamW' : 'Adam',
      betas: [0.9, 0.99],
      weight_decay: name === 'Adam' ? 0 : 0.1,
    });
    const before = tf.memory().numTensors;
    const gradients = [
      [0.5, 1e-9],
      [-0.25, 0],
      [2, -3],
    ];
    for (const g of gradients) tf.tidy(() => adam.step(new Map([['a', tf.tensor(g)]]), 0.1));
    t.ok(near(p.get('a')!.dataSync(), weights), `${p.get('a')!.dataSync()}`);
    t.same([...p.get('b')!.dataSync()], [7], 'a parameter without a gradient stays');
    t.equal(adam.steps, 3);
    if (name !== 'Adam with weight_decay') {
      t.ok(near(adam.m.get('a')!.dataSync(), [0.218, -0.3]));
      t.ok(near(adam.v.get('a')!.dataSync(), [0.04306900000000004, 0.09]));
    }
    t.equal(tf.memory().numTensors, before, 'nothing leaks');
    adam.dispose();
  });

t.test('EMA starts as a copy and follows slowly', async (t) => {
  const p = parameters();
  const ema = createEma(p, 0.75);
  t.same([...ema.values.get('a')!.dataSync()], [1, -2]);
  const before = tf.memory().numTensors;
  tf.tidy(() => p.get('a')!.assign(tf.tensor([3, 2])));
  ema.update();
  t.same([...ema.values.get('a')!.dataSync()], [1.5, -1]);
  ema.update();
  t.same([...ema.values.get('a')!.dataSync()], [1.875, -0.25]);
  t.same([...p.get('a')!.dataSync()], [3, 2]);

  const seen = await withWeights(p, ema.values, async () => [...p.get('a')!.dataSync()]);
  t.same(seen, [1.875, -0.25], 'a network may borrow the averaged weights');
  t.same([...p.get('a')!.dataSync()], [3, 2], 'and has its own again afterwards');
  await t.rejects(
    withWeights(p, ema.values, () => Promise.reject(new Error('no'))),
    /no/,
  );
  t.same([...p.get('a')!.dataSync()], [3, 2], 'also after an error');
  assignAll(p, ema.values);
  ema.update();
  t.same([...p.get('a')!.dataSync()], [1.875, -0.25]);
  t.equal(tf.memory().numTensors, before, 'nothing leaks');
});
