import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../../src/engines/index.js';
import { conv } from '../../../src/engines/ops/conv.js';
import { upsampleNearest } from '../../../src/engines/ops/resample.js';
import fc from '../../properties.js';
import { difference, random } from '../compare.js';

await useEngine('cpu');
await useEngine('onnxruntime');

const channels = fc.constantFrom(3, 12, 16, 24, 32, 48);
/** Images whose height is a multiple of four are convolved four rows at a time. */
const side = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(4, 8));
/** Of sums of thousands of products: three times the most that was seen in 1,600 runs. */
const rounding = 3e-5;
const seed = fc.integer({ min: 1, max: 1e6 });

/** An emulated processor, see avx2.test.ts, is slow: fewer runs, and small pictures only. */
const emulated = process.env.ESRGAN_TEST_EMULATED !== undefined;
const runs = (many: number): { numRuns: number } => ({ numRuns: emulated ? Math.ceil(many / 4) : many });

type Image = tf.Tensor4D;

/** What comes after a convolution, whose result has the engine's own order of channels; `c` are there. */
const followers: Record<string, (y: Image, perChannel: tf.Tensor1D, c: number) => tf.Tensor> = {
  'leaky relu': (y) => tf.leakyRelu(y, 0.2),
  'leaky relu, and the convolution itself': (y) => tf.add(tf.leakyRelu(y, 0.1), y),
  prelu: (y, alpha) => tf.prelu<tf.Tensor>(y, alpha),
  'one number a channel': (y, alpha) => tf.mul(tf.add(y, alpha), tf.sub(alpha, y)),
  'scalars and comparisons': (y) => tf.where(tf.greater(y, 0.1), tf.mul(y, 3), tf.scalar(0.5)),
  'another image in plain order': (y) => tf.add(y, tf.ones(y.shape)),
  'a column for each image': (y) => tf.mul(y, tf.slice(y, [0, 0, 0, 0], [-1, 1, 1, -1])),
  concat: (y) => tf.concat([y, tf.square(y), y], 3),
  'concat with a plain image': (y) => tf.concat([y, tf.zeros([...y.shape.slice(0, 3), 2])], 3),
  'concat of rows': (y) => tf.concat([y, tf.neg(y)], 1),
  'slice of channels': (y, _, c) => tf.slice(y, [0, 0, 0, c >> 1]),
  'slice of rows': (y) => tf.slice(y, [0, y.shape[1] >> 1, 0, 0]),
  pad: (y) =>
    tf.pad(y, [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ]),
  'sum of pixels': (y) => tf.sum(y, [0, 1, 2]),
  'sum of the pixels of each image': (y) => tf.sum(y, [1, 2], true),
  'sum of channels': (y) => tf.sum(y, [3]),
  'sum of rows': (y) => tf.sum(y, [1]),
  mean: (y) => tf.mean(y),
  'nearest x2': (y) => tf.image.resizeNearestNeighbor(y, [y.shape[1] * 2, y.shape[2] * 2]),
  bilinear: (y) => tf.image.resizeBilinear(y, [y.shape[1] * 2, y.shape[2] * 2], false, true),
  transpose: (y) => tf.transpose(y, [0, 3, 1, 2]),
  reshape: (y) => tf.reshape(y, [-1, 1]),
  'max pooling': (y) => tf.maxPool(y, 2, 2, 'same'),
};

t.test('images in blocks of channels', async (t) => {
  for (const [name, follow] of Object.entries(followers))
    await t.test(name, async () => {
      const property = fc.asyncProperty(
        channels,
        channels,
        side,
        side,
        seed,
        async (from, to, h, w, first) => {
          const inputs = [
            random([2, h, w, from], first),
            random([3, 3, from, to], first + 1),
            random([to], first + 2),
            random([to], first + 3),
          ];
          const worst = await difference('onnxruntime', inputs, (x, weight, bias, alpha) => {
            const y = conv(x as Image, { weight: weight as Image, bias: bias as tf.Tensor1D });
            const z = follow(y, alpha as tf.Tensor1D, to);
            return [
              z,
              conv(y, { weight: tf.transpose(weight as Image, [0, 1, 3, 2]), bias: tf.mean(x!, [0, 1, 2]) }),
            ];
          });
          if (worst > rounding) throw new Error(`differs by ${worst}`);
        },
      );
      await fc.assert(property, runs(6));
    });
});

t.test('gradients of convolutions from and to blocks', async () => {
  const property = fc.asyncProperty(channels, channels, side, side, seed, async (from, to, h, w, first) => {
    const inputs = [
      random([2, h, w, from], first),
      random([3, 3, from, to], first + 1),
      random([to], first + 2),
      random([2, 2 * h, 2 * w, to], first + 3),
    ];
    // Sums far above zero in one channel and far below in the next: no rounding takes one over LeakyReLU's kink.
    const apart = Array.from({ length: to }, (_, i) => (i % 2 ? 100 : -100));
    const worst = await difference('onnxruntime', inputs, (x, weight, bias, dy) =>
      tf.grads((a, b, c) => {
        const sums = conv(a as Image, { weight: b as Image, bias: tf.add(c!, apart) as tf.Tensor1D });
        return tf.image.resizeNearestNeighbor(tf.leakyRelu(sums, 0.2), [2 * h, 2 * w]);
      })([x!, weight!, bias!], dy!),
    );
    if (worst > rounding) throw new Error(`differs by ${worst}`);
  });
  await fc.assert(property, runs(20));
});

t.test('dense blocks: parts that are never put side by side, and sums of what they become', async () => {
  const batch = fc.integer({ min: 1, max: 3 });
  const property = fc.asyncProperty(channels, channels, batch, side, side, async (c, grow, n, h, w) => {
    const inputs = [
      random([n, h, w, c], 1),
      random([3, 3, c, grow], 2),
      random([3, 3, c + grow, grow], 3),
      random([3, 3, c + 2 * grow, c], 4),
      random([grow], 5),
      random([n, h, w, c], 6),
    ];
    const worst = await difference('onnxruntime', inputs, (x, first, second, third, bias, dy) => {
      const forward = (...[a, f, g, k, b]: tf.Tensor[]): tf.Tensor => {
        const layer = (weight: tf.Tensor) => ({ weight: weight as Image, bias: b as tf.Tensor1D });
        const one = conv(a as Image, layer(f!), 0.2);
        const two = conv(tf.concat([a as Image, one], 3), layer(g!), 0.2);
        const rest = conv(tf.concat([a as Image, one, two], 3), {
          weight: k as Image,
          bias: tf.zeros([c]) as tf.Tensor1D,
        });
        // Twice the same sum, once as part of another, and once with something that is none.
        return tf.add(
          tf.add(tf.mul(rest, 0.01), a!),
          tf.mul(tf.add(rest, tf.mean(conv(a as Image, layer(f!)))), 0.01),
        );
      };
      const given = [x!, first!, second!, third!, bias!];
      return [forward(...given), ...tf.grads(forward)(given, dy!)];
    });
    if (worst > rounding) throw new Error(`differs by ${worst}`);
  });
  await fc.assert(property, runs(25));
});

t.test('gradients by the weights of batches of many images, and of large ones', async (t) => {
  const small = [
    [17, 5, 3],
    [20, 4, 4],
    [16, 6, 6],
    [2, 24, 24],
  ] as const;
  const large = [
    [2, 100, 60],
    [3, 130, 40],
    [8, 96, 32],
  ] as const;
  for (const [n, h, w] of emulated ? small : [...small, ...large])
    await t.test(`${n} of ${h}x${w}`, async (t) => {
      const inputs = [random([n, h, w, 16], 1), random([3, 3, 16, 32], 2), random([n, h, w, 32], 3)];
      const worst = await difference('onnxruntime', inputs, (x, weight, dy) => {
        const of = tf.grads((a, b) => tf.conv2d(a as Image, b as Image, 1, 'same'))([x!, weight!], dy!);
        return of.map((gradient) => tf.mul(gradient, 1 / Math.sqrt(n * h * w)));
      });
      t.ok(worst < rounding, `${worst}`);
    });
});

t.test('gradients of convolutions of repeated pixels, which are never written out', async () => {
  const property = fc.asyncProperty(channels, channels, side, side, seed, async (from, to, h, w, first) => {
    const inputs = [
      random([2, h, w, from], first),
      random([3, 3, from, from], first + 1),
      random([3, 3, from, to], first + 2),
      random([to], first + 3),
      random([2, 2 * h, 2 * w, to], first + 4),
    ];
    const worst = await difference('onnxruntime', inputs, (x, before, weight, bias, dy) => {
      const forward = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, d: tf.Tensor) => {
        const small = conv(a as Image, { weight: b as Image, bias: tf.zeros([from]) as tf.Tensor1D });
        return conv(upsampleNearest(small, 2), { weight: c as Image, bias: d as tf.Tensor1D });
      };
      return [forward(x!, before!, weight!, bias!), ...tf.grads(forward)([x!, before!, weight!, bias!], dy!)];
    });
    if (worst > rounding) throw new Error(`differs by ${worst}`);
  });
  await fc.assert(property, runs(20));
});

t.test('convolutions that step over every second pixel, and their gradients', async () => {
  const window = fc.constantFrom(1, 2, 3, 4, 5);
  const pads = fc.constantFrom<'same' | 'valid' | 1>('same', 'valid', 1);
  const odd = fc.integer({ min: 0, max: 1 });
  const property = fc.asyncProperty(
    channels,
    channels,
    side,
    side,
    odd,
    window,
    pads,
    async (from, to, h, w, more, k, pad) => {
      const [height, width] = [2 * h + more, 2 * w];
      const { outShape } = tf.backend_util.computeConv2DInfo(
        [2, height, width, from],
        [k, k, from, to],
        2,
        1,
        pad,
      );
      if (outShape.some((size) => size < 1)) return;
      const inputs = [random([2, height, width, from], 1), random([k, k, from, to], 2), random(outShape, 3)];
      const worst = await difference('onnxruntime', inputs, (x, weight, dy) => {
        const forward = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as Image, b as Image, 2, pad);
        return [forward(x!, weight!), ...tf.grads(forward)([x!, weight!], dy!)];
      });
      if (worst > rounding) throw new Error(`differs by ${worst}`);
    },
  );
  await fc.assert(property, runs(60));
});
