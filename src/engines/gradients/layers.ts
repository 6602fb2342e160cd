import * as tf from '@tensorflow/tfjs-core';
import { defineGradient, kernelOr } from './define.js';

/** Sum over everything but the channels: the gradient of a bias. */
const channelSum = (x: tf.Tensor): tf.Tensor =>
  tf.sum(
    x,
    x.shape.slice(0, -1).map((_, axis) => axis),
  );

/** `dy` where `sign` is positive, `slope * dy` elsewhere; `slope` is a number. */
const leakyGradient = (dy: tf.Tensor, sign: tf.Tensor, slope: number): tf.Tensor =>
  kernelOr('LeakyReluGrad', { dy, x: sign }, { alpha: slope }, () =>
    tf.mul(dy, tf.where(tf.greater(sign, 0), tf.scalar(1), tf.scalar(slope))),
  );

function convGradients(
  dy: tf.Tensor,
  [x, filter]: readonly tf.Tensor[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: tf.NamedAttrMap,
): Record<string, () => tf.Tensor> {
  if (tf.backend_util.tupleValuesAreOne(dilations as number | number[]) === false)
    throw new Error('The gradient of a dilated convolution is not implemented.');
  const attributes = { strides, pad, dataFormat, dimRoundingMode };
  const run = (name: string, inputs: tf.NamedTensorMap, shapes: tf.NamedAttrMap): tf.Tensor =>
    tf.engine().runKernel(name, inputs, { ...attributes, ...shapes });
  return {
    x: () => run('Conv2DBackpropInput', { dy, filter: filter! }, { inputShape: x!.shape }),
    filter: () => run('Conv2DBackpropFilter', { x: x!, dy }, { filterShape: filter!.shape }),
    bias: () => channelSum(dy),
  };
}

export const layers = [
  defineGradient('Conv2D', { save: ['x', 'filter'] }, convGradients),
  // Only used with a bias and without activation, see ops/conv.ts.
  defineGradient('FusedConv2D', { save: ['x', 'filter'] }, convGradients),
  // With a positive slope the output has the sign of the input, which then need not be kept.
  defineGradient('LeakyRelu', { saveOutput: true }, (dy, [y], { alpha }) => ({
    x: () => leakyGradient(dy, y!, alpha as number),
  })),
  defineGradient('Relu', { saveOutput: true }, (dy, [y]) => ({ x: () => leakyGradient(dy, y!, 0) })),
  defineGradient('Prelu', { save: ['x', 'alpha'] }, (dy, [x, alpha]) => ({
    x: () =>
      kernelOr('PreluGrad', { dy, x: x!, alpha: alpha! }, {}, () =>
        tf.where(tf.greater(x!, 0), dy, tf.mul(dy, alpha!)),
      ),
    alpha: () =>
      kernelOr('PreluSlopeGrad', { dy, x: x! }, {}, () => channelSum(tf.mul(dy, tf.minimum(x!, 0)))),
  })),
  defineGradient('MaxPool', { save: ['x'], saveOutput: true }, (dy, [x, y], attributes) => ({
    x: () => tf.engine().runKernel('MaxPoolGrad', { dy, input: x!, output: y! }, attributes),
  })),
  defineGradient('DepthToSpace', {}, (dy, _, { blockSize }) => ({
    x: () => spaceToDepth(dy as tf.Tensor4D, blockSize as number),
  })),
  defineGradient('ResizeNearestNeighbor', { save: ['images'] }, (dy, [images], attributes) => ({
    images: () => nearestGradient(dy, images!, attributes),
  })),
];

/** The inverse of tf.depthToSpace. */
function spaceToDepth(x: tf.Tensor4D, block: number): tf.Tensor4D {
  return kernelOr('SpaceToDepth', { x }, { blockSize: block }, () => {
    const [n, h, w, c] = x.shape;
    const [rows, columns] = [h / block, w / block];
    const split = tf.reshape(x, [n * rows, block, columns, block * c]);
    return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [n, rows, columns, block * block * c]);
  });
}

/** The sum over the pixels that nearest-neighbour enlargement made of each pixel. */
function nearestGradient(dy: tf.Tensor, images: tf.Tensor, attributes: tf.NamedAttrMap): tf.Tensor {
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const factor = dy.shape[1]! / h;
  const plain = !attributes.alignCorners && !attributes.halfPixelCenters;
  if (!plain || !Number.isInteger(factor) || dy.shape[2] !== w * factor)
    return tf.engine().runKernel('ResizeNearestNeighborGrad', { images, dy }, attributes);
  // The kernel of that name in tfjs-backend-cpu 4.22 is wrong for batches of more than one image.
  return kernelOr('BlockSum', { x: dy }, { blockSize: factor }, () => {
    const split = tf.reshape(dy, [n * h, factor, w, factor, c]);
    return tf.reshape(tf.sum(split, [1, 3]), images.shape);
  });
}
