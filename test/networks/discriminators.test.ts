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
    await useEngine(engine);
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

    t.test('gradients of the first pass', async (t) => {
      const network = await reference();
      const target = nchw(unet('target.npy'));
      const { value, grads } = tf
        .engine()
        .gradients(
          () => l1(network.forward(input, { training: true }) as tf.Tensor4D, target),
          [input, ...network.parameters.values()],
        );
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

    t.test('the adversarial loss of real images', async (t) => {
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
