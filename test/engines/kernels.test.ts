import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { pixelUnshuffle, shuffleOutputs, upsampleNearest } from '../../src/engines/ops/resample.js';

await useEngine('cpu');
await useEngine('wasm');

type Shape4D = [number, number, number, number];

/** Plain numbers, so that a computation can be done on one engine and then on the other. */
interface Values {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** Uniform values in [-1, 1) from a linear congruential generator. */
function random(shape: number[], seed: number): Values {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  let state = Math.imul(seed, 0x9e3779b1);
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
  return { shape, values };
}

async function on(engine: string, inputs: readonly Values[], compute: (...x: tf.Tensor[]) => tf.Tensor[]) {
  await tf.setBackend(engine);
  const tensors = tf.memory().numTensors;
  const results = tf.tidy(() =>
    compute(...inputs.map(({ shape, values }) => tf.tensor(values, shape, 'float32'))).map((x) => ({
      shape: x.shape,
      values: Float32Array.from(x.dataSync<'float32'>()),
    })),
  );
  if (tf.memory().numTensors !== tensors) throw new Error(`${engine} leaves tensors behind`);
  return results;
}

/** Computes on tfjs-backend-cpu and on ours; the largest difference, or infinity when the shapes differ. */
async function difference(
  inputs: readonly Values[],
  compute: (...x: tf.Tensor[]) => tf.Tensor[],
): Promise<number> {
  const wanted = await on('cpu', inputs, compute);
  const found = await on('wasm', inputs, compute);
  const worst = wanted.map(({ shape, values }, i) =>
    `${found[i]!.shape}` === `${shape}`
      ? values.reduce((max, value, j) => Math.max(max, Math.abs(value - found[i]!.values[j]!)), 0)
      : Infinity,
  );
  return Math.max(0, ...worst.map((value) => (Number.isNaN(value) ? Infinity : value)));
}

const size = fc.integer({ min: 1, max: 9 });
const channels = fc.integer({ min: 1, max: 7 });
const stride = fc.constantFrom(1, 1, 2, 3);
const kernel = fc.integer({ min: 1, max: 5 });
const seed = fc.integer({ min: 1, max: 1e6 });
const padding = fc.constantFrom('same' as const, 'valid' as const);

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

t.test('gradients of convolutions agree with the plain JavaScript engine', async () => {
  await fc.assert(
    fc.asyncProperty(convolution, async (c) => {
      const x: Shape4D = [c.batch, c.height, c.width, c.inputs];
      const filter: Shape4D = [c.kh, c.kw, c.inputs, c.outputs];
      const strides: [number, number] = [c.strideY, c.strideX];
      const { outShape } = tf.backend_util.computeConv2DInfo(x, filter, strides, 1, c.pad);
      const inputs = [random(x, c.seed), random(filter, c.seed + 1), random(outShape, c.seed + 2)];
      const worst = await difference(inputs, ($x, $filter, $dy) =>
        tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, c.pad))(
          [$x!, $filter!],
          $dy,
        ),
      );
      return worst < 2e-5;
    }),
    { numRuns: 150 },
  );
});

t.test('explicit padding, also beyond what a turned filter can serve', async (t) => {
  for (const [pads, kernelSize] of [
    [[1, 0, 2, 1], 3],
    [[3, 3, 3, 3], 3],
    [[0, 2, 0, 0], 2],
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
      const worst = await difference(inputs, (x, filter) =>
        tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad))([x!, filter!]),
      );
      t.ok(worst < 2e-5, `${pads}, ${from} to ${to} channels: ${worst}`);
    }
  }
});

t.test('large images are worked off in groups', async (t) => {
  // Two images exceed what one pass of the filter gradient takes.
  const inputs = [random([3, 40, 40, 64], 1), random([3, 3, 64, 64], 2), random([3, 40, 40, 64], 3)];
  const gradient = (a: tf.Tensor, b: tf.Tensor, dy: tf.Tensor): tf.Tensor =>
    tf.grads((x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'))([a, b], dy)[1]!;
  const [whole] = await on('wasm', inputs, (a, b, dy) => [gradient(a!, b!, dy!)]);
  const [summed] = await on('wasm', inputs, (a, b, dy) => [
    tf.addN([0, 1, 2].map((i) => gradient(tf.slice(a!, i, 1), b!, tf.slice(dy!, i, 1)))),
  ]);
  const largest = (values: Float32Array): number =>
    values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const differences = whole!.values.map((value, i) => value - summed!.values[i]!);
  const worst = largest(differences) / largest(whole!.values);
  t.ok(worst < 1e-4, `${worst}`);
});

t.test('layers and their gradients agree with the plain JavaScript engine', async (t) => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 3 }), size, size, channels);
  type Layer = (x: tf.Tensor4D, alpha: tf.Tensor1D) => tf.Tensor;
  const layers: Record<string, Layer> = {
    prelu: (x, alpha) => tf.prelu<tf.Tensor>(x, alpha),
    leakyRelu: (x) => tf.leakyRelu(x, 0.2),
    relu: (x) => tf.relu(x),
    'nearest x2': (x) => upsampleNearest(x, 2),
    'nearest x3': (x) => upsampleNearest(x, 3),
    // One image: the gradient of tfjs-backend-cpu 4.22 is wrong for more.
    'nearest to odd sizes': (x) => tf.image.resizeNearestNeighbor(tf.slice(x, 0, 1), [5, 7]),
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
    arithmetic: (x, alpha) =>
      tf.div(tf.sub(tf.mul(x, alpha), tf.abs(x)), tf.add(tf.sqrt(tf.square(alpha)), 1)),
    clone: (x) => tf.add(tf.clone(x), tf.cast(x, 'float32')),
  };
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
          const inputs = [random(shape, first), random([shape[3]], first + 1)];
          const worst = await difference(inputs, (x, alpha) => run(x!, alpha!));
          if (worst >= 2e-4) throw new Error(`differs by ${worst}`);
        }),
        { numRuns: 25 },
      );
    });
});

/** Weights that make every value of the output matter differently. */
const weights = (y: tf.Tensor): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1)),
    y.shape,
  );

t.test('at zero the activations have the slope of the negative side, as in torch', async (t) => {
  await tf.setBackend('wasm');
  const x = tf.tensor4d([0, -0, 1e-45, -1e-45], [1, 1, 1, 4]);
  const alpha = tf.tensor1d([0.25, 0.25, 0.25, 0.25]);
  const gradients = [
    tf.grad((y) => tf.sum(tf.leakyRelu(y, 0.25)))(x),
    tf.grad((y) => tf.sum(tf.prelu<tf.Tensor>(y, alpha)))(x),
  ];
  for (const gradient of gradients) t.same([...gradient.dataSync()], [0.25, 0.25, 1, 0.25]);
});

t.test('clones share their values and outlive their origin', async (t) => {
  await tf.setBackend('wasm');
  const x = tf.tensor1d([1, 2, 3]);
  const y = tf.clone(x);
  t.equal(y.dataId, x.dataId);
  x.dispose();
  t.same([...y.dataSync()], [1, 2, 3]);
  y.dispose();
});

t.test('long sums are exact to float32', async (t) => {
  await tf.setBackend('wasm');
  const x = tf.fill([1000, 1000], 0.1);
  t.equal(tf.sum(x).dataSync()[0], Math.fround(Math.fround(0.1) * 1e6));
  t.equal(tf.mean(x).dataSync()[0], Math.fround(0.1));
});
