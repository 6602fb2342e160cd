import * as tf from '@tensorflow/tfjs-core';
import { channelSum, defineGradient } from './define.js';
import { stridedFilterGradient, stridedInputGradient } from './strided-conv.js';

function convGradients(
  dy: tf.Tensor,
  [x, filter]: readonly tf.Tensor[],
  attributes: tf.NamedAttrMap,
): Record<string, () => tf.Tensor> {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes;
  if (tf.backend_util.tupleValuesAreOne(dilations as number | number[]) === false)
    throw new Error('The gradient of a dilated convolution is not implemented.');
  const run = (name: string, inputs: tf.NamedTensorMap, shapes: tf.NamedAttrMap): tf.Tensor =>
    tf.engine().runKernel(name, inputs, { strides, pad, dataFormat, dimRoundingMode, ...shapes });
  const operands = { x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, dy: dy as tf.Tensor4D };
  return {
    x: () =>
      stridedInputGradient(operands, attributes) ??
      run('Conv2DBackpropInput', { dy, filter: filter! }, { inputShape: x!.shape }),
    filter: () =>
      stridedFilterGradient(operands, attributes) ??
      run('Conv2DBackpropFilter', { x: x!, dy }, { filterShape: filter!.shape }),
    bias: () => channelSum(dy),
  };
}

export const conv = [
  defineGradient('Conv2D', { save: ['x', 'filter'] }, convGradients),
  // Only used with a bias and without activation, see ops/conv.ts.
  defineGradient('FusedConv2D', { save: ['x', 'filter'] }, convGradients),
];
