import * as tf from '@tensorflow/tfjs-core';

export interface ConvWeights {
  /** [kh, kw, in, out] */
  readonly weight: tf.Tensor4D;
  /** [out] */
  readonly bias: tf.Tensor1D;
}

/** Convolution with bias, stride 1, output as large as the input; `slope` adds a LeakyReLU. */
export function conv(x: tf.Tensor4D, { weight, bias }: ConvWeights, slope?: number): tf.Tensor4D {
  // tf.fused.conv2d has a gradient of its own making; the kernel itself takes the one registered here.
  const linear: tf.Tensor4D = tf
    .engine()
    .runKernel(
      'FusedConv2D',
      { x, filter: weight, bias },
      { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1], activation: 'linear' },
    );
  return slope === undefined ? linear : tf.leakyRelu(linear, slope);
}

/** Convolution without bias; output as large as the input, or half as large with a stride of 2. */
export const convNoBias = (x: tf.Tensor4D, weight: tf.Tensor4D, stride: 1 | 2 = 1): tf.Tensor4D =>
  tf.conv2d(x, weight, stride, 'same');

/** PReLU with one slope a channel. */
export const prelu = (x: tf.Tensor4D, slopes: tf.Tensor1D): tf.Tensor4D =>
  tf.engine().runKernel('Prelu', { x, alpha: slopes });
