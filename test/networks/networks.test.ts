import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { createPixelLoss } from '../../src/losses/index.js';
import { createNetwork, loadStateDict, NetworkOptions, stateDict } from '../../src/networks/index.js';
import type { Network, StateDict } from '../../src/networks/types.js';

await useEngine('wasm');

const make = (options: Record<string, unknown>, seed = '0'): Network =>
  createNetwork(NetworkOptions.parse(options), seed);

const small = { type: 'RRDBNet', num_feat: 8, num_block: 1, num_grow_ch: 4 };
const residual = { type: 'MSRResNet', num_feat: 8, num_block: 1 };
const span = { type: 'SPAN', feature_channels: 4 };
const compact = { type: 'SRVGGNetCompact', num_feat: 8, num_conv: 2 };

function moments(values: Float32Array): { mean: number; std: number; max: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance), max: Math.max(...values.map(Math.abs)) };
}

t.test('parameter counts of the published networks', async (t) => {
  const count = (network: Network): number =>
    [...network.parameters.values()].reduce((sum, p) => sum + p.size, 0);
  for (const [options, parameters] of [
    [{ type: 'RRDBNet' }, 16_697_987],
    [{ type: 'RRDBNet', num_block: 6 }, 4_467_779],
    [{ type: 'MSRResNet' }, 1_517_571],
    [{ type: 'SRVGGNetCompact' }, 621_424],
    [{ type: 'SRVGGNetCompact', num_conv: 32 }, 1_213_296],
  ] as const) {
    const network = make(options);
    t.equal(count(network), parameters, JSON.stringify(options));
    network.dispose();
  }
});

t.test(
  'every size and activation gives an image `scale` times larger, without leaving tensors',
  async (t) => {
    const lq = tf.randomUniform<tf.Rank.R4>([2, 8, 12, 3]);
    for (const options of [
      ...[1, 2, 4].map((scale) => ({ ...small, scale })),
      ...[1, 2, 3, 4].map((upscale) => ({ ...compact, upscale })),
      ...[2, 3, 4].map((upscale) => ({ ...residual, upscale })),
      ...[1, 2, 3, 4].map((upscale) => ({ ...span, upscale })),
      ...['relu', 'leakyrelu'].map((act_type) => ({ ...compact, act_type, upscale: 2 })),
    ]) {
      const network = make(options);
      const before = tf.memory().numTensors;
      const sr = network.forward(lq);
      t.equal(tf.memory().numTensors, before + 1, 'only the output remains');
      t.same(sr.shape, [2, 8 * network.scale, 12 * network.scale, 3], JSON.stringify(options));
      t.ok(Number.isFinite(tf.sum(sr).dataSync()[0]));
      network.dispose();
    }
  },
);

t.test('bilinear enlargement and its gradient are adjoint', async (t) => {
  for (const [height, width, rows, columns] of [
    [1, 1, 2, 2],
    [1, 3, 3, 2],
    [4, 2, 4, 5],
  ] as const) {
    const x = tf.randomUniform<tf.Rank.R4>([2, height, width, 3], -1, 1, 'float32', 1);
    const weight = tf.randomUniform<tf.Rank.R4>([2, height * rows, width * columns, 3], -1, 1, 'float32', 2);
    const enlarge = (image: tf.Tensor) =>
      tf.image.resizeBilinear(image as tf.Tensor4D, [height * rows, width * columns], false, true);
    const gradient = tf.grad((image) => tf.sum(tf.mul(enlarge(image), weight)))(x);
    const [forward, back] = [tf.sum(tf.mul(enlarge(x), weight)), tf.sum(tf.mul(gradient, x))];
    const difference = Math.abs(forward.dataSync()[0]! - back.dataSync()[0]!);
    t.ok(difference < 1e-5, `${height}x${width} by ${rows}x${columns}: ${difference}`);
  }
});

t.test('RRDBNet of scale 2 and 1 wants sides that it can fold', async (t) => {
  for (const [scale, multiple] of [
    [2, 2],
    [1, 4],
  ] as const) {
    const network = make({ ...small, scale });
    const before = tf.memory().numTensors;
    const odd = tf.zeros<tf.Rank.R4>([1, 8, 8 + multiple / 2, 3]);
    t.throws(() => network.forward(odd), {
      code: 'NETWORK_INPUT',
      message: new RegExp(`multiples of ${multiple}, but this one is ${8 + multiple / 2}x8`),
    });
    odd.dispose();
    t.equal(tf.memory().numTensors, before);
    network.dispose();
  }
});

t.test('SPAN merges its convolutions anew when its weights change', async (t) => {
  const network = make(span);
  const [name, merged] = [...network.buffers!].find(([key]) => key === 'conv_2.eval_conv.bias')!;
  const before = merged.dataSync().slice();
  const dict = new Map(await stateDict(network));
  const shifted = dict.get('conv_2.sk.bias')!;
  dict.set('conv_2.sk.bias', { ...shifted, data: shifted.data.map((value) => value + 1) });
  loadStateDict(network, dict);
  network.forward(tf.zeros([1, 4, 4, 3])).dispose();
  const after = (await stateDict(network)).get(name)!.data;
  t.ok(after.every((value, i) => Math.abs(value - before[i]! - 1) < 1e-6));
});

t.test('SRVGGNetCompact without its convolutions is nearest-neighbour enlargement', async (t) => {
  const network = make({ ...compact, upscale: 3 });
  loadStateDict(
    network,
    new Map(
      [...(await stateDict(network))].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(() => 0) },
      ]),
    ),
  );
  const lq = tf.tensor4d([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [1, 1, 2, 3]);
  const sr = network.forward(lq);
  const [left, right] = [lq.dataSync().slice(0, 3), lq.dataSync().slice(3)];
  const row = [left, left, left, right, right, right].flatMap((pixel) => [...pixel]);
  t.same([...sr.dataSync()], [...row, ...row, ...row]);
});

t.test('initial weights', async (t) => {
  const network = make({ type: 'RRDBNet', num_block: 1 }, 'a seed');
  const weights = await stateDict(network);
  const dense = moments(weights.get('body.0.rdb2.conv3.weight')!.data);
  const fan = 9 * (64 + 2 * 32);
  t.ok(Math.abs(dense.std / (0.1 * Math.sqrt(2 / fan)) - 1) < 0.02, 'kaiming normal, a tenth');
  t.ok(Math.abs(dense.mean) < 1e-4);
  t.ok(weights.get('body.0.rdb2.conv3.bias')!.data.every((value) => value === 0));
  for (const name of ['conv_hr.weight', 'conv_hr.bias']) {
    const bound = 1 / Math.sqrt(9 * 64);
    const { std, max } = moments(weights.get(name)!.data);
    t.ok(max <= bound && Math.abs(std / (bound / Math.sqrt(3)) - 1) < 0.3, `${name} is torch's default`);
  }
  const slopes = await stateDict(make(compact));
  t.ok(
    slopes.get('body.1.weight')!.data.every((value) => value === 0.25),
    'PReLU starts at 0.25',
  );

  const [same, other] = await Promise.all([
    stateDict(make({ type: 'RRDBNet', num_block: 1 }, 'a seed')),
    stateDict(make({ type: 'RRDBNet', num_block: 1 }, 'another seed')),
  ]);
  t.same(same, weights, 'the same seed gives the same weights');
  t.notSame(other.get('conv_first.weight'), weights.get('conv_first.weight'));
});

t.test('loading weights', async (t) => {
  const from = make(small, 'from');
  const to = make(small, 'to');
  const dict = await stateDict(from);
  loadStateDict(to, dict);
  t.same(await stateDict(to), dict, 'what was exported is what was loaded');
  t.same(dict.get('conv_first.weight')!.shape, [8, 3, 3, 3]);

  const without = (name: string): StateDict => new Map([...dict].filter(([key]) => key !== name));
  const zeros = (shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  const code = { code: 'NETWORK_WEIGHTS' };
  t.throws(() => loadStateDict(to, without('conv_hr.bias')), { ...code, message: /missing: conv_hr\.bias/ });
  t.throws(() => loadStateDict(to, new Map([...dict, ['extra', zeros([1])]])), {
    ...code,
    message: /unexpected: extra/,
  });
  t.throws(() => loadStateDict(to, new Map([...dict, ['conv_hr.weight', zeros([8, 7, 3, 3])]])), {
    ...code,
    message: /conv_hr\.weight \[8,7,3,3\] instead of \[8,8,3,3\]/,
  });
  t.throws(() => loadStateDict(to, new Map()), { ...code, message: /and 36 more/ });
  t.same(await stateDict(to), dict, 'nothing changes when something does not fit');

  loadStateDict(
    to,
    new Map([
      ['conv_hr.bias', zeros([8])],
      ['conv_hr.weight', zeros([8, 7, 3, 3])],
      ['extra', zeros([1])],
    ]),
    { strict: false },
  );
  const changed = await stateDict(to);
  t.ok(changed.get('conv_hr.bias')!.data.every((value) => value === 0));
  t.same(changed.get('conv_hr.weight'), dict.get('conv_hr.weight'), 'what does not fit is passed over');
  t.throws(() => loadStateDict(to, new Map([['extra', zeros([1])]]), { strict: false }), {
    ...code,
    message: /none of them does/,
  });
  const broken = { shape: [8], data: new Float32Array(8).fill(Number.NaN) };
  t.throws(() => loadStateDict(to, new Map([...dict, ['conv_hr.bias', broken]])), {
    ...code,
    message: 'These weights are not finite numbers: conv_hr.bias.',
  });
});

t.test('options', async (t) => {
  t.same(NetworkOptions.parse({ type: 'RRDBNet' }), {
    type: 'RRDBNet',
    num_in_ch: 3,
    num_out_ch: 3,
    scale: 4,
    num_feat: 64,
    num_block: 23,
    num_grow_ch: 32,
  });
  for (const wrong of [
    { type: 'Unknown' },
    { type: 'RRDBNet', scale: 3 },
    { type: 'RRDBNet', num_blocks: 2 },
    { type: 'SRVGGNetCompact', num_out_ch: 1 },
    { type: 'MSRResNet', upscale: 8 },
    { type: 'MSRResNet', num_out_ch: 1 },
    { type: 'SPAN', rgb_mean: [0.5] },
  ])
    t.notOk(NetworkOptions.safeParse(wrong).success, JSON.stringify(wrong));
});

t.test('a step against the gradient lowers the loss, and leaves no tensors behind', async (t) => {
  const loss = createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' });
  for (const options of [small, compact, residual, { ...span, img_range: 1 }]) {
    const network = make(options);
    const lq = tf.randomUniform<tf.Rank.R4>([1, 8, 8, 3], 0, 1, 'float32', 1);
    const gt = tf.randomUniform<tf.Rank.R4>([1, 32, 32, 3], 0, 1, 'float32', 2);
    const sgd = tf.train.sgd(0.01);
    const step = () => {
      const value = sgd.minimize(() => loss(network.forward(lq), gt), true)!;
      const [number] = value.dataSync();
      value.dispose();
      return number!;
    };
    const first = step();
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 4; i++) step();
    t.ok(step() < first, `${first} falls`);
    t.equal(tf.memory().numTensors, tensors);
    network.dispose();
  }
});
