import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import { createGanLoss, createPixelLoss, GanLossOptions } from '../../src/losses/index.js';
import {
  createDiscriminator,
  type Discriminator,
  DiscriminatorOptions,
  loadStateDict,
  stateDict,
} from '../../src/networks/index.js';
import { executionOf } from '../engines/present.js';
import { readNpy } from '../npy.js';
import { fixture } from '../root.js';
import { engines, maxDifference, nchw, norm, relativeError } from './reference.js';

interface Golden {
  readonly args: Record<string, unknown>;
  readonly loss_l1: number;
  readonly loss_bce_real: number;
  readonly grad_l2_norm_of_bce_real: Record<string, number>;
  readonly state_dict: Record<string, number[]>;
}

const unet = (name: string): string => fixture('networks', 'unet_discriminator_sn', name);
const golden = JSON.parse(readFileSync(unet('golden.json'), 'utf8')) as Golden;
const l1 = createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' });
const vanilla = createGanLoss(GanLossOptions.parse({ type: 'GANLoss', gan_type: 'vanilla' }));

const make = (options: Record<string, unknown>, seed = '0'): Discriminator =>
  createDiscriminator(DiscriminatorOptions.parse(options), seed);

async function reference(): Promise<Discriminator> {
  const network = make({ type: 'UNetDiscriminatorSN', ...golden.args }, 'seed');
  loadStateDict(network, (await readSafetensors(unet('params.safetensors'))).tensors);
  return network;
}

for (const engine of engines)
  t.test(`torch's UNetDiscriminatorSN on ${engine}`, async (t) => {
    await useEngine(engine, executionOf(engine));
    const input = nchw(unet('input.npy'));
    const far = (found: tf.Tensor, name: string): number =>
      maxDifference(found.dataSync(), nchw(unet(name)).dataSync());

    t.test('names, order and shapes of the state', async (t) => {
      const found = [...(await stateDict(await reference()))].map(([name, { shape }]) => [name, shape]);
      t.same(found, Object.entries(golden.state_dict));
    });

    t.test('three passes of training, and use without', async (t) => {
      const network = await reference();
      const start = await stateDict(network);
      // With random u and v, sigma is so small that the output reaches 4e8: compare relative to that.
      const initial = nchw(unet('output_eval_initial_state.npy')).dataSync();
      const eye = relativeError(network.forward(input, { training: false }).dataSync(), initial);
      t.ok(eye < 1e-5, `output before training is off by ${eye}`);
      t.same(await stateDict(network), start, 'u and v stay as they are without training');
      for (const pass of [1, 2, 3]) {
        const error = far(network.forward(input, { training: true }), `output_train_${pass}.npy`);
        t.ok(error < 1e-5, `output of pass ${pass} is off by ${error}`);
        if (pass === 2) continue;
        const wanted = (await readSafetensors(unet(`uv_after_forward_${pass}.safetensors`))).tensors;
        const found = await stateDict(network);
        t.equal(wanted.size, 16);
        for (const [name, { data }] of wanted) {
          const error = maxDifference(found.get(name)!.data, data);
          t.ok(error < 1e-5, `${name} after pass ${pass} is off by ${error}`);
        }
      }
      const after = far(network.forward(input, { training: false }), 'output_eval_after_3.npy');
      t.ok(after < 1e-5, `output after training is off by ${after}`);
      network.dispose();
    });

    t.test('gradients of the first pass', { skip: engine === 'cpu' && 'too slow' }, async (t) => {
      const network = await reference();
      const target = nchw(unet('target.npy'));
      const { value, grads } = tf.engine().gradients(() => {
        const output = network.forward(input, { training: true }) as tf.Tensor4D;
        // A later pass renews u and v; the gradient of the first one must not notice.
        network.forward(input, { training: true });
        return l1(output, target);
      }, [input, ...network.parameters.values()]);
      const loss = value.dataSync()[0]!;
      t.ok(Math.abs(loss / golden.loss_l1 - 1) < 1e-6, `loss ${loss}`);
      const [inputGradient, ...rest] = grads;
      const byName = new Map([...network.parameters.keys()].map((name, i) => [name, rest[i]!]));
      const found = await stateDict(network, byName);
      const wanted = (await readSafetensors(unet('grads_l1.safetensors'))).tensors;
      t.equal(wanted.size, network.parameters.size);
      for (const [name, { data }] of wanted) {
        const error = relativeError(found.get(name)!.data, data);
        t.ok(error < 1e-4, `gradient of ${name} is off by ${error}`);
      }
      const error = relativeError(inputGradient!.dataSync(), nchw(unet('input_grad_l1.npy')).dataSync());
      t.ok(error < 1e-4, `gradient of the input is off by ${error}`);
    });

    t.test('the adversarial loss of real images', { skip: engine === 'cpu' && 'too slow' }, async (t) => {
      const network = await reference();
      const { value, grads } = tf
        .engine()
        .gradients(
          () => vanilla.discriminatorReal({ real: network.forward(input, { training: true }) }),
          [...network.parameters.values()],
        );
      const loss = value.dataSync()[0]!;
      t.ok(Math.abs(loss / golden.loss_bce_real - 1) < 1e-6, `loss ${loss}`);
      [...network.parameters.keys()].forEach((name, i) => {
        const found = norm(grads[i]!.dataSync());
        const wanted = golden.grad_l2_norm_of_bce_real[name]!;
        t.ok(Math.abs(found / wanted - 1) < 1e-4, `length of the gradient of ${name}: ${found}`);
      });
    });
  });

interface VggGolden {
  readonly args: Record<string, unknown>;
  readonly loss: number;
  readonly output_train_1: number[];
  readonly output_train_2: number[];
  readonly output_eval_before: number[];
  readonly output_eval_after_2: number[];
  readonly input_grad_norm: number;
  readonly state_dict: Record<string, number[]>;
}

const vgg = (name: string): string => fixture('networks', 'vgg_style_discriminator', name);

for (const engine of engines)
  t.test(
    `torch's VGGStyleDiscriminator on ${engine}`,
    { skip: engine === 'cpu' && 'too slow' },
    async (t) => {
      await useEngine(engine, executionOf(engine));
      const golden = JSON.parse(readFileSync(vgg('golden.json'), 'utf8')) as VggGolden;
      const { shape, data } = readNpy<Uint8Array>(vgg('input_u8.npy'));
      const input = tf.tidy(() =>
        tf.div<tf.Tensor4D>(
          tf.transpose(
            tf.tensor4d(Float32Array.from(data), shape as [number, number, number, number]),
            [0, 2, 3, 1],
          ),
          255,
        ),
      );
      const network = make({ type: 'VGGStyleDiscriminator', ...golden.args });
      const found = [...(await stateDict(network))].map(([name, { shape }]) => [name, shape]);
      t.same(found, Object.entries(golden.state_dict), 'names, order and shapes of the state');
      loadStateDict(network, (await readSafetensors(vgg('params.safetensors'))).tensors);

      const close = (output: tf.Tensor, wanted: number[], what: string): void => {
        t.same(output.shape, [2, 1]);
        const error = maxDifference(output.dataSync(), wanted);
        t.ok(error < 1e-5, `${what} is off by ${error}`);
      };
      close(network.forward(input, { training: false }), golden.output_eval_before, 'output before training');

      const wanted = (await readSafetensors(vgg('grads.safetensors'))).tensors;
      const { value, grads } = tf.engine().gradients(() => {
        const output = network.forward(input, { training: true });
        close(output, golden.output_train_1, 'output of pass 1');
        return vanilla.generator({ fake: output });
      }, [input, ...network.parameters.values()]);
      t.ok(Math.abs(value.dataSync()[0]! / golden.loss - 1) < 1e-6, 'loss');
      const byName = new Map([...network.parameters.keys()].map((name, i) => [name, grads[i + 1]!]));
      t.equal(wanted.size, network.parameters.size);
      for (const [name, { data }] of await stateDict(network, byName)) {
        if (network.buffers.has(name)) continue;
        const error = relativeError(data, wanted.get(name)!.data);
        t.ok(error < 1e-4, `gradient of ${name} is off by ${error}`);
      }
      t.ok(Math.abs(norm(grads[0]!.dataSync()) / golden.input_grad_norm - 1) < 1e-4, 'gradient of the input');

      const state = await stateDict(network);
      for (const [name, { data }] of (await readSafetensors(vgg('buffers_after_1.safetensors'))).tensors) {
        const error = maxDifference(state.get(name)!.data, data);
        t.ok(error < 1e-5, `${name} after pass 1 is off by ${error}`);
      }
      close(network.forward(input, { training: true }), golden.output_train_2, 'output of pass 2');
      close(network.forward(input, { training: false }), golden.output_eval_after_2, 'output after training');
      t.same([...(await stateDict(network)).get('bn0_1.num_batches_tracked')!.data], [2]);
    },
  );

const bytes = async (network: Discriminator): Promise<Buffer> =>
  Buffer.concat([...(await stateDict(network)).values()].map(({ data }) => Buffer.from(data.buffer)));

const alike = async (a: Discriminator, b: Discriminator): Promise<boolean> =>
  (await bytes(a)).equals(await bytes(b));

t.test('discriminators of either kind', async (t) => {
  await useEngine('wasm');
  const before = tf.memory().numTensors;
  for (const { options, size, shape } of [
    { options: { type: 'UNetDiscriminatorSN', num_feat: 4 }, size: 16, shape: [1, 16, 16, 1] },
    {
      options: { type: 'UNetDiscriminatorSN', num_feat: 4, skip_connection: false },
      size: 24,
      shape: [1, 24, 24, 1],
    },
    { options: { type: 'VGGStyleDiscriminator', num_feat: 1, input_size: 256 }, size: 256, shape: [1, 1] },
  ]) {
    const [one, same, other] = ['a', 'a', 'b'].map((seed) => make(options, seed));
    t.ok(await alike(same!, one!), 'the same seed gives the same weights');
    t.notOk(await alike(other!, one!), 'another seed gives others');
    const image = tf.randomUniform<tf.Rank.R4>([1, size, size, 3], 0, 1, 'float32', 1);
    const tensors = tf.memory().numTensors;
    const output = one!.forward(image, { training: true });
    t.same(output.shape, shape, JSON.stringify(options));
    t.equal(tf.memory().numTensors, tensors + 1, 'only the output remains');
    loadStateDict(other!, await stateDict(one!));
    t.ok(await alike(other!, one!), 'buffers are loaded with the weights');
    const wrong = tf.zeros<tf.Rank.R4>([1, size + 4, size, 3]);
    t.throws(() => one!.forward(wrong, { training: true }), { code: 'NETWORK_INPUT', remedy: /gt_size/ });
    t.throws(() => loadStateDict(one!, new Map()), { code: 'NETWORK_WEIGHTS', message: /missing/ });
    tf.dispose([image, output, wrong]);
    for (const network of [one, same, other]) network!.dispose();
  }
  t.equal(tf.memory().numTensors, before, 'nothing is left behind');
});

t.test('u and v start as directions', async (t) => {
  const state = await stateDict(make({ type: 'UNetDiscriminatorSN', num_feat: 8 }));
  for (const name of ['conv3.weight_u', 'conv3.weight_v'])
    t.ok(Math.abs(norm(state.get(name)!.data) - 1) < 1e-6, `${name} has a length of 1`);
});

t.test('options of discriminators', async (t) => {
  t.same(DiscriminatorOptions.parse({ type: 'UNetDiscriminatorSN' }), {
    type: 'UNetDiscriminatorSN',
    num_in_ch: 3,
    num_feat: 64,
    skip_connection: true,
  });
  for (const wrong of [{ type: 'RRDBNet' }, { type: 'VGGStyleDiscriminator', input_size: 192 }])
    t.notOk(DiscriminatorOptions.safeParse(wrong).success, JSON.stringify(wrong));
});
