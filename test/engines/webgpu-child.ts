import * as tf from '@tensorflow/tfjs-core';
import { useEngine } from '../../src/engines/index.js';
import { readSafetensors } from '../../src/formats/safetensors/index.js';
import { createPixelLoss } from '../../src/losses/index.js';
import { createNetwork, loadStateDict, NetworkOptions, stateDict } from '../../src/networks/index.js';
import { maxDifference, nchw, relativeError } from '../networks/reference.js';
import { fixture } from '../root.js';

/** One small network of torch's, forwards and backwards, in numbers that the test judges. */
export interface Found {
  readonly reason: string;
  readonly output: number;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, number>>;
}

const file = (name: string): string => fixture('networks', 'srvgg_x4', name);

async function compute(): Promise<Found> {
  const { reason } = await useEngine('onnxruntime', 'webgpu');
  const { arch, args } = JSON.parse(process.argv[2]!) as { arch: string; args: object };
  const network = createNetwork(NetworkOptions.parse({ type: arch, ...args }), 'seed');
  loadStateDict(network, (await readSafetensors(file('params.safetensors'))).tensors);
  const [input, target] = [nchw(file('input.npy')), nchw(file('target.npy'))];
  const output = network.forward(input);
  const l1 = createPixelLoss({ type: 'L1Loss', loss_weight: 1, reduction: 'mean' });
  const names = [...network.parameters.keys()];
  const { value, grads } = tf
    .engine()
    .gradients(() => l1(network.forward(input), target), [...network.parameters.values()]);
  const wanted = await readSafetensors(file('grads_l1.safetensors'));
  const gradients: Record<string, number> = {};
  for (const [key, { data }] of await stateDict(network, new Map(names.map((name, i) => [name, grads[i]!]))))
    gradients[key] = relativeError(data, wanted.tensors.get(key)!.data);
  const [loss] = await value.data<'float32'>();
  const off = maxDifference(await output.data(), await nchw(file('output.npy')).data());
  return { reason, output: off, loss: loss!, gradients };
}

const found = await compute().catch((error: Error) => ({ failure: error.message }));
process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit(0));
