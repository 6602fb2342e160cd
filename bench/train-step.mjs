/**
 * How long a training step takes, and how near its convolutions come to the machine's speed.
 * Everything runs on the wasm engine, on one thread.
 */
import * as tf from '@tensorflow/tfjs-core';
import { useEngine } from '../dist/engines/index.js';
import { createLoss } from '../dist/losses/index.js';
import { createNetwork, NetworkOptions } from '../dist/networks/index.js';
import { createAdam } from '../dist/training/adam.js';

const steps = [
  {
    name: 'SRVGGNetCompact 64 features, 16 convolutions',
    batch: 4,
    size: 48,
    network: { type: 'SRVGGNetCompact' },
  },
  {
    name: 'SRVGGNetCompact 24 features, 8 convolutions',
    batch: 8,
    size: 32,
    network: { type: 'SRVGGNetCompact', num_feat: 24, num_conv: 8 },
  },
  { name: 'RRDBNet 4 blocks', batch: 4, size: 32, network: { type: 'RRDBNet', num_block: 4 } },
];

/** Best of `repeats` runs in ms, after one that warms up. */
function best(repeats, work) {
  work();
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** GFLOP/s of a 64 -> 64 convolution, 3x3, on 4 x 48 x 48, and of its two gradients. */
function convolutions(repeats) {
  const x = tf.randomUniform([4, 48, 48, 64], -1, 1, 'float32', 1);
  const filter = tf.randomUniform([3, 3, 64, 64], -1, 1, 'float32', 2);
  const dy = tf.randomUniform([4, 48, 48, 64], -1, 1, 'float32', 3);
  const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
  const kernels = [
    ['Conv2D', { x, filter }, {}],
    ['Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }],
    ['Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }],
  ];
  const operations = 2 * 9 * 64 * 64 * 4 * 48 * 48;
  const rows = kernels.map(([name, inputs, shapes]) => {
    const ms = best(repeats, () =>
      tf
        .engine()
        .runKernel(name, inputs, { ...attributes, ...shapes })
        .dispose(),
    );
    return { name, ms, gflops: operations / ms / 1e6 };
  });
  tf.dispose([x, filter, dy]);
  return rows;
}

/** Forward, backward and Adam on random images. */
function trainingStep({ name, batch, size, network: options }, repeats) {
  const network = createNetwork(NetworkOptions.parse(options), name);
  const adam = createAdam(network.parameters, { type: 'Adam', betas: [0.9, 0.99], weight_decay: 0 });
  const loss = createLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' });
  const lq = tf.randomUniform([batch, size, size, 3], 0, 1, 'float32', 1);
  const gt = tf.randomUniform([batch, size * 4, size * 4, 3], 0, 1, 'float32', 2);
  const names = new Map([...network.parameters].map(([key, parameter]) => [parameter.name, key]));
  const ms = best(repeats, () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => loss(network.forward(lq), gt),
        [...network.parameters.values()],
      );
      value.dataSync();
      adam.step(new Map(Object.entries(grads).map(([key, grad]) => [names.get(key), grad])), 1e-4);
    }),
  );
  tf.dispose([lq, gt]);
  adam.dispose();
  network.dispose();
  return { name: `${name}, batch ${batch} of ${size}x${size}`, ms };
}

export async function run({ repeats = 5 } = {}) {
  const engine = await useEngine('wasm');
  return {
    name: 'train-step',
    engine: engine.name,
    rows: [...convolutions(repeats), ...steps.map((step) => trainingStep(step, repeats))],
  };
}
