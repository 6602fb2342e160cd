import * as tf from '@tensorflow/tfjs-core';
import { channelSum, defineGradient, kernelOr } from './define.js';
import { spaceToDepth } from './space-to-depth.js';

/** `dy` where `sign` is positive, `slope * dy` elsewhere; `slope` is a number. */
const leakyGradient = (dy: tf.Tensor, sign: tf.Tensor, slope: number): tf.Tensor =>
  kernelOr('LeakyReluGrad', { dy, x: sign }, { alpha: slope }, () =>
    tf.mul(dy, tf.where(tf.greater(sign, 0), tf.scalar(1), tf.scalar(slope))),
  );

export const layers = [
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
