import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { createPixelLoss, PixelLossOptions } from '../../src/losses/index.js';

for (const engine of ['wasm', 'cpu'] as const)
  t.test(`L1Loss on ${engine}`, async (t) => {
    await useEngine(engine);
    const sr = tf.tensor4d([0, 1, 2, 3, 4, 5], [1, 1, 2, 3]);
    const gt = tf.tensor4d([1, 1, 0, 3, 4.5, 9], [1, 1, 2, 3]);
    for (const [options, value, weight] of [
      [{}, 7.5 / 6, 1 / 6],
      [{ loss_weight: 2 }, 15 / 6, 2 / 6],
      [{ reduction: 'sum', loss_weight: 0.5 }, 3.75, 0.5],
    ] as const) {
      const loss = createPixelLoss(PixelLossOptions.parse({ type: 'L1Loss', ...options }));
      const { value: found, grad } = tf.valueAndGrad((x) => loss(x as tf.Tensor4D, gt))(sr);
      t.ok(Math.abs(found.dataSync()[0]! - value) < 1e-6, JSON.stringify(options));
      t.same(
        [...grad.dataSync()].map((g) => Math.round((g / weight) * 1e5) / 1e5),
        [-1, 0, 1, 0, -1, -1],
        'the gradient is the sign of the difference',
      );
    }
    t.notOk(PixelLossOptions.safeParse({ type: 'L1Loss', weight: 2 }).success);
  });
