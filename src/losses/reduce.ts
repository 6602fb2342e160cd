import * as tf from '@tensorflow/tfjs-core';

interface Reduction {
  readonly loss_weight: number;
  readonly reduction: 'mean' | 'sum';
}

/** The mean or the sum of all values, times the weight of the loss. */
export function reduced(values: tf.Tensor, { loss_weight, reduction }: Reduction): tf.Scalar {
  const total = reduction === 'mean' ? tf.mean<tf.Scalar>(values) : tf.sum<tf.Scalar>(values);
  return tf.mul<tf.Scalar>(total, loss_weight);
}
