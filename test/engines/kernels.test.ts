import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { conv } from '../../src/engines/ops/conv.js';
import { pixelUnshuffle, shuffleOutputs, upsampleNearest } from '../../src/engines/ops/resample.js';
import fc from '../properties.js';
import { clearOfZero, difference, on, random } from './compare.js';
import { executionOf, notRun, present, titleOf } from './present.js';

type Shape4D = [number, number, number, number];

for (const line of notRun) t.comment(line);
await useEngine('cpu');
for (const engine of present) await useEngine(engine, executionOf(engine));

const size = fc.integer({ min: 1, max: 9 });
const channels = fc.integer({ min: 1, max: 7 });
const stride = fc.constantFrom(1, 1, 2, 3);
const kernel = fc.integer({ min: 1, max: 5 });
const seed = fc.integer({ min: 1, max: 1e6 });
const padding = fc.constantFrom('same' as const, 'valid' as const);
const shapes = fc.tuple(fc.integer({ min: 1, max: 3 }), size, size, channels);

const convolution = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    height: size,
    width: size,
    kh: kernel,
    kw: kernel,
    inputs: channels,
    outputs: channels,
    strideY: stride,
    strideX: stride,
    pad: padding,
    seed,
  })
  .filter(({ height, width, kh, kw, pad }) => pad === 'same' || (kh <= height && kw <= width));

/** With padding below and to the right, and nothing in the graph beside: onnxruntime on WebGPU once gave one place of four. */
const asLargeAsTheImage = {
  ...{ batch: 1, height: 2, width: 2, inputs: 1, kh: 2, kw: 2, outputs: 1 },
  ...{ strideY: 1, strideX: 1, pad: 'same', seed: 1 },
} as const;

type Layer = (x: tf.Tensor4D, alpha: tf.Tensor1D) => tf.Tensor;

/** With their gradients; a few of them do not use `alpha`, one number a channel. */
const layers: Record<string, Layer> = {
  prelu: (x, alpha) => tf.prelu<tf.Tensor>(x, alpha),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  relu: (x) => tf.relu(x),
  'nearest x2': (x) => upsampleNearest(x, 2),
  'nearest x3': (x) => upsampleNearest(x, 3),
  'depthToSpace after shuffleOutputs': (x) =>
    tf.depthToSpace(shuffleOutputs(tf.concat([x, x, tf.neg(x), x], 3), 2), 2),
  pixelUnshuffle: (x) => pixelUnshuffle(tf.concat([tf.concat([x, x], 1), tf.concat([x, x], 1)], 2), 2),
  concat: (x, alpha) => tf.concat([x, tf.mul(x, alpha), tf.square(x)], 3),
  'concat of rows': (x) => tf.concat([x, tf.square(x)], 1),
  slice: (x) => tf.slice(x, [0, 0, 0, x.shape[3] >> 1]),
  'slice of a block': (x) => tf.slice(x, [0, x.shape[1] >> 1, x.shape[2] >> 2], [-1, -1, -1]),
  pad: (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 2],
      [0, 1],
      [0, 0],
    ]),
  'sum of pixels': (x) => tf.sum(x, [0, 1, 2]),
  'sum of channels': (x) => tf.sum(x, [3], true),
  mean: (x) => tf.mean(x),
  'mean of rows': (x) => tf.mean(x, [0, 1], true),
  transpose: (x) => tf.transpose(x, [3, 1, 0, 2]),
  arithmetic: (x, alpha) => tf.div(tf.sub(tf.mul(x, alpha), tf.abs(x)), tf.add(tf.sqrt(tf.square(alpha)), 1)),
  'a column against a row': (x) => tf.mul(tf.slice(x, [0, 0, 0, 0], [1, -1, 1, 1]), x),
  clone: (x) => tf.add(tf.clone(x), tf.cast(x, 'float32')),
  sigmoid: (x) => tf.sigmoid(x),
  maxPool: (x) => tf.maxPool(tf.concat([x, tf.mul(x, 0.5), x], 1), 2, 2, 'same'),
  'maxPool of windows that overlap': (x) => tf.maxPool(x, 3, 2, 'same'),
  'bilinear x2': (x) => tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]], false, true),
  matMul: (x, alpha) => {
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, x.shape[3]]);
    const square = tf.matMul(rows, rows, true, false);
    return tf.matMul(tf.mul(rows, alpha), square, false, true);
  },
  'convolution with bias, then LeakyReLU': (x, alpha) => {
    const c = x.shape[3];
    const weight = tf.reshape<tf.Rank.R4>(tf.tile(alpha, [9 * c]), [3, 3, c, c]);
    return conv(x, { weight, bias: tf.mul(alpha, 3) }, 0.2);
  },
};

/** Without gradients: what statistics, metrics and the step itself use besides. */
const operations: Record<string, (x: tf.Tensor4D, alpha: tf.Tensor1D) => tf.Tensor | tf.Tensor[]> = {
  'max and min': (x) => [tf.max(x, [1, 2]), tf.min(x), tf.max(x, 3, true)],
  'exp, log, sign': (x) => [tf.exp(x), tf.log(tf.add(tf.abs(x), 0.5)), tf.log1p(tf.abs(x)), tf.sign(x)],
  'powers and roots': (x) => [tf.pow(tf.abs(x), 1.5), tf.rsqrt(tf.add(tf.square(x), 1)), tf.square(x)],
  'clip, maximum, minimum': (x, alpha) => [
    tf.clipByValue(x, -0.25, 0.5),
    tf.maximum(x, alpha),
    tf.minimum(x, 0.1),
  ],
  'comparisons are bool': (x, alpha) => [tf.greater(x, alpha), tf.less(x, 0), tf.equal(x, x)],
  where: (x, alpha) => tf.where(tf.greater(x, 0), x, tf.mul(x, alpha)),
  'casts to int32 and bool cut': (x) => {
    const hundreds = tf.mul(x, 100);
    return [tf.cast(hundreds, 'int32'), tf.cast(hundreds, 'bool'), tf.cast(tf.greater(x, 0), 'float32')];
  },
  'int32 arithmetic': (x) => {
    const whole = tf.cast(tf.mul(x, 100), 'int32');
    return [tf.add(whole, whole), tf.mul(whole, tf.scalar(3, 'int32')), tf.sum(whole)];
  },
  'zeros, ones, fill, range': (x) => [
    tf.zerosLike(x),
    tf.ones(x.shape),
    tf.fill([2, 3], 0.5),
    tf.range(0, 7),
  ],
  matMul: (x) => {
    const rows = tf.reshape<tf.Rank.R2>(x, [-1, x.shape[3]]);
    return [tf.matMul(rows, rows, false, true), tf.matMul(rows, rows, true, false)];
  },
  'stack and unstack': (x) => [tf.stack([x, tf.neg(x)], 1), ...tf.unstack(x, 3)],
  'tile and reverse': (x) => [tf.tile(x, [1, 2, 1, 3]), tf.reverse(x, [1, 2])],
  'strided views': (x) => tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, 2, 3, 1]),
  pooling: (x) => [tf.maxPool(x, 2, 2, 'same'), tf.avgPool(x, 2, 1, 'same')],
  'bilinear, as half-pixel centres': (x) => tf.image.resizeBilinear(x, [7, 5], false, true),
  'scalars and one number a channel': (x, alpha) => [
    tf.add(x, alpha),
    tf.sub(alpha, x),
    tf.div(x, tf.add(tf.abs(alpha), 1)),
    tf.add(tf.scalar(2), tf.scalar(3)),
  ],
};

/** Weights that make every value of the output matter differently. */
const weights = (y: tf.Tensor): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1)),
    y.shape,
  );

/** Compiling a graph for every shape takes onnxruntime tens of milliseconds. */
const runs = (engine: string, many: number): { numRuns: number } => ({
  numRuns: engine === 'onnxruntime' ? Math.ceil(many / 3) : many,
});

for (const engine of present)
  t.test(`${titleOf(engine)} against plain JavaScript`, async (t) => {
    await t.test('convolutions and their gradients', async () => {
      await fc.assert(
        fc.asyncProperty(convolution, async (c) => {
          const x: Shape4D = [c.batch, c.height, c.width, c.inputs];
          const filter: Shape4D = [c.kh, c.kw, c.inputs, c.outputs];
          const strides: [number, number] = [c.strideY, c.strideX];
          const { outShape } = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, c.pad);
          const inputs = [random(x, c.seed), random(filter, c.seed + 1), random(outShape, c.seed + 2)];
          const convolve = (a: tf.Tensor, b: tf.Tensor) =>
            tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, c.pad);
          const worst = await difference(engine, inputs, ($x, $filter, $dy) => [
            convolve($x!, $filter!),
            ...tf.grads((a, b) => convolve(a!, b!))([$x!, $filter!], $dy),
          ]);
          if (worst >= 2e-5) throw new Error(`differs by ${worst}`);
        }),
        { ...runs(engine, 120), examples: [[asLargeAsTheImage]] },
      );
    });

    await t.test('explicit padding, also beyond what a turned filter can serve', async (t) => {
      for (const [pads, kernelSize] of [
        [[1, 0, 2, 1], 3],
        [[3, 3, 3, 3], 3],
        [[0, 2, 0, 0], 2],
        [[0, 2, 0, 1], 1],
      ] as const) {
        const pad: tf.backend_util.ExplicitPadding = [
          [0, 0],
          [pads[0], pads[1]],
          [pads[2], pads[3]],
          [0, 0],
        ];
        for (const [from, to] of [
          [3, 5],
          [5, 3],
        ] as const) {
          const inputs = [random([2, 6, 7, from], 1), random([kernelSize, kernelSize, from, to], 2)];
          const worst = await difference(engine, inputs, (x, filter) =>
            tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad))([x!, filter!]),
          );
          t.ok(worst < 2e-5, `${pads}, ${from} to ${to} channels: ${worst}`);
        }
      }
    });

    await t.test('the filter gradient of many large images is the sum of theirs', async (t) => {
      // The wasm engine takes no more than two such images in one pass.
      const inputs = [random([3, 40, 40, 64], 1), random([3, 3, 64, 64], 2), random([3, 40, 40, 64], 3)];
      const gradient = (a: tf.Tensor, b: tf.Tensor, dy: tf.Tensor): tf.Tensor =>
        tf.grads((x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'))([a, b], dy)[1]!;
      const [whole] = await on(engine, inputs, (a, b, dy) => [gradient(a!, b!, dy!)]);
      const [summed] = await on(engine, inputs, (a, b, dy) => [
        [0, 1, 2]
          .map((i) => gradient(tf.slice(a!, i, 1), b!, tf.slice(dy!, i, 1)))
          .reduce((sum, one) => tf.add(sum, one)),
      ]);
      const largest = (values: Float32Array): number =>
        values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      const differences = whole!.values.map((value, i) => value - summed!.values[i]!);
      const worst = largest(differences) / largest(whole!.values);
      t.ok(worst < 1e-4, `${worst}`);
    });

    for (const [name, layer] of Object.entries(layers))
      await t.test(name, async () => {
        await fc.assert(
          fc.asyncProperty(shapes, seed, async (shape, first) => {
            const run = (x: tf.Tensor, alpha: tf.Tensor): tf.Tensor[] => {
              const f = (...[a, b]: tf.Tensor[]) => {
                const y = layer(a as tf.Tensor4D, b as tf.Tensor1D);
                // Not every layer uses alpha; every gradient must exist all the same.
                return tf.add(tf.sum(tf.mul(y, weights(y))), tf.sum(tf.mul(tf.sum(a!), tf.sum(b!))));
              };
              return [layer(x as tf.Tensor4D, alpha as tf.Tensor1D), ...tf.grads(f)([x, alpha])];
            };
            const inputs = [clearOfZero(shape, first), clearOfZero([shape[3]], first + 1)];
            const worst = await difference(engine, inputs, (x, alpha) => run(x!, alpha!));
            if (worst >= 2e-4) throw new Error(`differs by ${worst}`);
          }),
          runs(engine, 20),
        );
      });

    for (const [name, operation] of Object.entries(operations))
      await t.test(name, async () => {
        await fc.assert(
          fc.asyncProperty(shapes, seed, async (shape, first) => {
            const inputs = [random(shape, first), random([shape[3]], first + 1)];
            const worst = await difference(engine, inputs, (x, alpha) =>
              [operation(x as tf.Tensor4D, alpha as tf.Tensor1D)].flat(),
            );
            if (worst >= 2e-5) throw new Error(`differs by ${worst}`);
          }),
          runs(engine, 12),
        );
      });

    await t.test('at zero the activations have the slope of the negative side, as in torch', async (t) => {
      await tf.setBackend(engine);
      const x = tf.tensor4d([0, -0, 1e-30, -1e-30], [1, 1, 1, 4]);
      const alpha = tf.tensor1d([0.25, 0.25, 0.25, 0.25]);
      const gradients = [
        tf.grad((y) => tf.sum(tf.leakyRelu(y, 0.25)))(x),
        tf.grad((y) => tf.sum(tf.prelu<tf.Tensor>(y, alpha)))(x),
      ];
      for (const gradient of gradients) t.same([...(await gradient.data())], [0.25, 0.25, 1, 0.25]);
    });

    await t.test('clones share their values and outlive their origin', async (t) => {
      await tf.setBackend(engine);
      const x = tf.tensor1d([1, 2, 3]);
      const y = tf.clone(x);
      t.equal(y.dataId, x.dataId);
      x.dispose();
      t.same([...(await y.data())], [1, 2, 3]);
      y.dispose();
    });

    await t.test('long sums are good to float32', async (t) => {
      await tf.setBackend(engine);
      const x = tf.fill([1000, 1000], 0.1);
      const near = async (y: tf.Tensor, wanted: number) =>
        t.ok(Math.abs((await y.data())[0]! / wanted - 1) < 1e-5, `${wanted}`);
      await near(tf.sum(x), Math.fround(0.1) * 1e6);
      await near(tf.mean(x), Math.fround(0.1));
    });
  });
