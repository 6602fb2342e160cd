import * as tf from '@tensorflow/tfjs-core';
import { useEngine } from '../src/engines/index.js';
import { createPixelLoss } from '../src/losses/index.js';
import { createNetwork, NetworkOptions } from '../src/networks/index.js';
import type { Batch } from '../src/training/batch.js';
import { plainSettings, Steps } from '../src/training/step/step.js';
import { createTrainee, disposeTrainee } from '../src/training/trainee.js';
import { type Bench, type BenchResult, round } from './bench.js';

const GOAL = 0.5;
const REPEATS = 4;

const steps = [
  { title: 'SRVGGNetCompact 64/16', batch: 4, size: 48, network: { type: 'SRVGGNetCompact' } },
  {
    title: 'SRVGGNetCompact 24/3 (quickstart)',
    batch: 4,
    size: 16,
    network: { type: 'SRVGGNetCompact', num_feat: 24, num_conv: 3 },
  },
  { title: 'RRDBNet 4 blocks', batch: 4, size: 32, network: { type: 'RRDBNet', num_block: 4 } },
];

/** Best of several runs in ms, after one that warms up. */
async function best(work: () => unknown): Promise<number> {
  await work();
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** GFLOP/s of a 64 -> 64 convolution, 3x3, on 4 x 48 x 48, and of its two gradients. */
async function convolutions(): Promise<Map<string, number>> {
  const x = tf.randomUniform([4, 48, 48, 64], -1, 1, 'float32', 1);
  const filter = tf.randomUniform([3, 3, 64, 64], -1, 1, 'float32', 2);
  const dy = tf.randomUniform([4, 48, 48, 64], -1, 1, 'float32', 3);
  const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
  const operations = 2 * 9 * 64 * 64 * 4 * 48 * 48;
  const rate = async (
    kernel: string,
    inputs: Record<string, tf.Tensor>,
    shapes: Record<string, number[]>,
  ): Promise<number> => {
    const run = () =>
      tf.dispose(tf.engine().runKernel(kernel, inputs, { ...attributes, ...shapes } as never));
    return operations / (await best(run)) / 1e6;
  };
  const rates = new Map([
    ['convolution', await rate('Conv2D', { x, filter }, {})],
    ['its input gradient', await rate('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape })],
    ['its filter gradient', await rate('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape })],
  ]);
  tf.dispose([x, filter, dy]);
  return rates;
}

/** Forward, backward, Adam and EMA on a batch of noise. */
async function stepMs({ title, batch: n, size, network }: (typeof steps)[number]): Promise<number> {
  const optimizer = { type: 'Adam', betas: [0.9, 0.99], weight_decay: 0 } as const;
  const trainee = createTrainee(
    { g: createNetwork(NetworkOptions.parse(network), title) },
    { pixel: createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' }) },
    { ema_decay: 0.999, optim_g: optimizer, optim_d: optimizer },
  );
  const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919) % 251);
  const lqShape = [n, size, size, 3] as const;
  const gtShape = [n, 4 * size, 4 * size, 3] as const;
  const area = n * size * size * 3;
  const batch: Batch = {
    index: 0,
    epoch: 0,
    size: n,
    lq: noise(area),
    lqShape,
    gt: noise(16 * area),
    gtShape,
    rows: [],
  };
  const training = new Steps(trainee, plainSettings);
  const ms = await best(() => training.learn(batch, 1, { g: 1e-4, d: 0 }));
  disposeTrainee(trainee);
  return ms;
}

export const trainStep: Bench = {
  name: 'train-step',
  async run(): Promise<BenchResult> {
    const { name } = await useEngine('wasm');
    const rates = await convolutions();
    const times: number[] = [];
    for (const step of steps) times.push(await stepMs(step));
    const [forward, ...gradients] = rates.values();
    const ratio = Math.min(...gradients) / forward;
    return {
      name: 'train-step',
      what: `the ${name} engine on one thread: a 3x3 convolution of 64 to 64 channels on 4x48x48 and its gradients; whole training steps`,
      columns: ['what', 'value', 'unit'],
      rows: [
        ...[...rates].map(([kernel, rate]) => [kernel, round(rate, 1), 'GFLOP/s']),
        ["TensorFlow.js's own input gradient (measured once)", 2.5, 'GFLOP/s'],
        ...steps.map(({ title, batch, size }, i) => [
          `step of ${title}, batch ${batch} of ${size}x${size}`,
          round(times[i], 1),
          'ms',
        ]),
      ],
      ratio: round(ratio),
      goal: `gradients at least ${GOAL} of the speed of the convolution itself`,
      ok: ratio >= GOAL,
      figures: Object.fromEntries(
        [...rates].map(([kernel, rate]) => [kernel.replaceAll(' ', '_'), round(rate, 1)]),
      ),
    };
  },
};
