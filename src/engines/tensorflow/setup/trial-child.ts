import * as tf from '@tensorflow/tfjs-core';
import { loadAddon } from '../load.js';
import type { BindingPackage } from '../package.js';
import type { Trial } from './types.js';

const [file = '', binding = ''] = process.argv.slice(2);
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
tf.env().set('PROD', true);
const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
const run = (kernel: string, inputs: tf.NamedTensorMap, shapes: tf.NamedAttrMap = {}): number => {
  const result: tf.Tensor = tf.engine().runKernel(kernel, inputs, { ...attributes, ...shapes });
  return tf.sum(result).dataSync()[0]!;
};

async function trial(): Promise<Trial> {
  const { TF_Version, isUsingGpuDevice } = await loadAddon(file, JSON.parse(binding) as BindingPackage);
  await tf.setBackend('tensorflow');
  const [x, filter] = [tf.ones([1, 4, 4, 2]), tf.ones([3, 3, 2, 2])];
  const dy = tf.ones([1, 4, 4, 2]);
  // Ones everywhere count the taps that lie within the image: 100 of 3x3 on 4x4, for two by two channels.
  const sums = [
    run('Conv2D', { x, filter }),
    run('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }),
    run('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }),
  ];
  if (sums.some((sum) => sum !== 400)) throw new Error(`it computes ${sums.join(', ')} in place of 400`);
  return { tensorflow: TF_Version, gpu: isUsingGpuDevice() };
}

const result = await trial().catch((error: Error) => ({ failure: error.message }));
process.stdout.write(`${JSON.stringify(result)}\n`);
