import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import t from 'tap';
import { useEngine } from '../../src/engines/index.js';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import { createPixelLoss } from '../../src/losses/index.js';
import { createNetwork, loadStateDict, NetworkOptions, stateDict } from '../../src/networks/index.js';
import { executionOf, titleOf } from '../engines/present.js';
import { fixture } from '../root.js';
import { engines, nchw, relativeError } from './reference.js';

interface Golden {
  readonly arch: string;
  readonly args: Record<string, unknown>;
  readonly loss_l1: number;
  readonly state_dict: readonly string[];
}

const goldens = JSON.parse(readFileSync(fixture('networks', 'index.json'), 'utf8')) as Record<string, Golden>;

const image = (network: string, name: string): tf.Tensor4D =>
  nchw(fixture('networks', network, `${name}.npy`));

const l1 = createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' });

/** They take half a minute in plain JavaScript; rrdbnet_x1 stands for them there. */
const slow = new Set(['rrdbnet_x4', 'rrdbnet_x2']);

for (const engine of engines)
  t.test(`torch's networks on ${titleOf(engine)}`, async (t) => {
    await useEngine(engine, executionOf(engine));
    for (const [name, golden] of Object.entries(goldens))
      await t.test(name, { skip: engine === 'cpu' && slow.has(name) && 'too slow' }, async (t) => {
        const network = createNetwork(NetworkOptions.parse({ type: golden.arch, ...golden.args }), 'seed');
        const trained = golden.state_dict.filter((key) => network.parameters.has(key));
        t.same([...network.parameters.keys()], trained, 'names and order of the parameters');
        const state = [...network.parameters.keys(), ...(network.buffers?.keys() ?? [])];
        t.same(state.sort(), [...golden.state_dict].sort(), 'names of all that is saved');
        const { tensors } = await readSafetensors(fixture('networks', name, 'params.safetensors'));
        loadStateDict(network, tensors);
        const [input, target] = [image(name, 'input'), image(name, 'target')];

        const output = network.forward(input);
        const difference = tf.max(tf.abs(tf.sub(output, image(name, 'output')))).dataSync()[0]!;
        t.ok(difference < 1e-5, `output differs by ${difference}`);

        const { value, grads } = tf
          .engine()
          .gradients(() => l1(network.forward(input), target), [input, ...network.parameters.values()]);
        const loss = value.dataSync()[0]!;
        t.ok(Math.abs(loss / golden.loss_l1 - 1) < 1e-6, `loss ${loss}`);

        const [inputGradient, ...rest] = grads;
        const byName = new Map(trained.map((key, i) => [key, rest[i]!]));
        const wanted = await readSafetensors(fixture('networks', name, 'grads_l1.safetensors'));
        t.equal(wanted.tensors.size, trained.length);
        for (const [key, gradient] of await stateDict(network, byName)) {
          if (network.buffers?.has(key)) continue;
          t.same(gradient.shape, wanted.tensors.get(key)!.shape, `${key} has torch's layout`);
          const error = relativeError(gradient.data, wanted.tensors.get(key)!.data);
          t.ok(error < 1e-4, `gradient of ${key} is off by ${error}`);
        }
        const error = relativeError(inputGradient!.dataSync(), image(name, 'input_grad_l1').dataSync());
        t.ok(error < 1e-4, `gradient of the input is off by ${error}`);

        network.dispose();
        t.ok([...network.parameters.values()].every((p) => p.isDisposed));
      });
  });
