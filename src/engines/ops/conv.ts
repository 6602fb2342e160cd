import * as tf from '@tensorflow/tfjs-core';

export interface ConvWeights {
  /** [kh, kw, in, out] */
  readonly weight: tf.Tensor4D;
  /** [out] */
  readonly bias: tf.Tensor1D;
}

/** Convolution with bias, stride 1, output as large as the input; `slope` adds a LeakyReLU. */
export function conv(x: tf.Tensor4D, { weight, bias }: ConvWeights, slope?: number): tf.Tensor4D {
  const linear = tf.add<tf.Tensor4D>(tf.conv2d(x, weight, 1, 'same'), bias);
  return slope === undefined ? linear : tf.leakyRelu(linear, slope);
}
