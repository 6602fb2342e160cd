import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../../src/engines/index.js';
import { piecesOf } from '../../../src/engines/onnxruntime/graph/pieces.js';
import { currentBackend } from '../../../src/engines/onnxruntime/start.js';
import { createRepeater } from '../../../src/engines/repeat.js';
import { type AdamOptions, createAdam } from '../../../src/training/adam.js';
import { createEma } from '../../../src/training/ema.js';
import { flatten, flatWeights } from '../../../src/training/flat.js';
import fc from '../../properties.js';
import { difference, random } from '../compare.js';

await useEngine('cpu');
await useEngine('onnxruntime');

const MEBI = 2 ** 20;

t.test('the pieces of a vector cover it, and all but the last are images', async (t) => {
  t.equal(piecesOf([MEBI], 'float32'), undefined, 'short enough to stay whole');
  t.equal(piecesOf([2 * MEBI], 'int32'), undefined);
  t.equal(piecesOf([2, MEBI], 'float32'), undefined);
  fc.assert(
    fc.property(fc.integer({ min: MEBI + 1, max: 20 * MEBI }), (size) => {
      const pieces = piecesOf([size], 'float32')!;
      let end = 0;
      for (const piece of pieces) {
        if (piece.begin !== end || piece.size < 1 || piece.size > MEBI) return false;
        end += piece.size;
      }
      return end === size && pieces.slice(0, -1).every((piece) => piece.size % 1024 === 0);
    }),
  );
});

/** Parts of which some lie across the borders of pieces. */
const sizesOf = (total: number): number[] => {
  const sizes = [7, 700_000, 1, 500_000, 300_001];
  const rest = total - sizes.reduce((a, b) => a + b, 0);
  return rest > 0 ? [...sizes, rest] : [total - 5, 5];
};

const operations: Record<string, (x: tf.Tensor, y: tf.Tensor, s: tf.Tensor) => tf.Tensor> = {
  'a sum of multiples': (x, y, s) => tf.add(tf.mul(x, s), tf.mul(y, 0.25)),
  'a difference of multiples': (x, y, s) => tf.sub(tf.mul(x, 3), tf.mul(y, s)),
  'a multiple of itself less': (x) => tf.sub(x, tf.mul(x, 0.5)),
  'a multiple that is used twice': (x, y, s) => {
    const multiple = tf.mul(x, s);
    return tf.add(tf.add(y, multiple), tf.square(multiple));
  },
  'numbers beside it': (x, _, s) => tf.sub(s, tf.div(x, tf.reshape(tf.add(s, 2), [1]))),
  'its sum': (x) => tf.sum(tf.square(x)),
  'its mean and its largest': (x) => tf.stack([tf.mean(x), tf.max(x)]),
  comparisons: (x, y) => tf.where(tf.greater(x, y), tf.sqrt(tf.abs(x)), tf.scalar(-1)),
  'a part of it': (x, y) => tf.slice(tf.add(x, y), [MEBI - 3], [4]),
  'another order': (x, y) => tf.reverse1d(tf.mul(x, y) as tf.Tensor1D),
  'a longer one': (x, y) => tf.concat1d([x, y, x] as tf.Tensor1D[]),
};

t.test('operations on long vectors', async (t) => {
  for (const [name, run] of Object.entries(operations))
    await t.test(name, async (t) => {
      for (const size of [MEBI + 1, 2 * MEBI, 1_700_123]) {
        const inputs = [random([size], 1), random([size], 2), random([], 3)];
        const worst = await difference('onnxruntime', inputs, (x, y, s) => [run(x!, y!, s!)]);
        t.ok(worst < 3e-6, `${size}: ${worst}`);
      }
    });
});

/** Steps of an optimizer and of an average, whose gradients are parts that are put one after the other. */
async function train(engine: string, total: number, options: AdamOptions): Promise<Float32Array[]> {
  await tf.setBackend(engine);
  const sizes = sizesOf(total);
  const parameters = new Map(
    sizes.map((size, i) => [`${i}`, tf.variable(tf.tensor1d(random([size], i + 1).values))]),
  );
  const weights = flatWeights(parameters);
  const adam = createAdam(weights.layout, options);
  const ema = createEma(weights.vector as tf.Tensor1D, 0.9);
  const variables = [ema.vector, weights.vector, adam.m, adam.v, ...parameters.values()] as tf.Variable[];
  const repeater = createRepeater<undefined>(true);
  const norms: number[] = [];
  for (let i = 0; i < 5; i++) {
    const inputs = [adam.next(0.01), tf.scalar(i + 1)];
    const { values } = await repeater.run({
      key: 'step',
      inputs,
      variables,
      compute: () => {
        const gradients = [...parameters].map(
          ([name, w]) => [name, tf.mul(tf.sub(w, 0.5), inputs[1]!)] as const,
        );
        const gradient = flatten(weights.layout, new Map(gradients));
        const norm = tf.sqrt(tf.sum(tf.square(gradient)));
        const clipped = tf.mul<tf.Tensor1D>(gradient, tf.minimum(tf.div(100, norm), 1));
        weights.set(adam.step(weights.vector as tf.Tensor1D, clipped, inputs[0] as tf.Tensor1D));
        ema.update(weights.vector as tf.Tensor1D);
        return { result: tf.reshape<tf.Rank.R1>(norm, [1]), note: undefined };
      },
    });
    norms.push(values[0]!);
    tf.dispose(inputs);
  }
  const results: Float32Array[] = [Float32Array.from(norms)];
  for (const variable of variables) results.push((await variable.data<'float32'>()).slice());
  repeater.dispose();
  tf.dispose(variables);
  return results;
}

t.test('an optimizer on the weights of a large network', async (t) => {
  for (const [size, options] of [
    [2_300_017, { type: 'Adam', betas: [0.9, 0.99], weight_decay: 0 }],
    [2 * MEBI, { type: 'AdamW', betas: [0.9, 0.99], weight_decay: 0.1 }],
    [MEBI + 1, { type: 'Adam', betas: [0.5, 0.9], weight_decay: 0.1 }],
  ] as const) {
    const wanted = await train('cpu', size, options);
    const { executor } = currentBackend();
    const before = executor.repetitions;
    const found = await train('onnxruntime', size, options);
    t.equal(executor.repetitions - before, 2, 'the first step is another one, two are recorded');
    const off = wanted.map((values, i) =>
      values.reduce(
        (worst, x, k) => Math.max(worst, Math.abs(x - found[i]![k]!) / Math.max(1, Math.abs(x))),
        0,
      ),
    );
    t.ok(Math.max(...off) < 2e-6, `${size}: ${off}`);
  }
});
