import * as tf from '@tensorflow/tfjs-core';

interface Reduction {
  readonly loss_weight: number;
  readonly reduction: 'mean' | 'sum';
}

/** The same for every sample alone, [n, ...] to [n]: the mean (or the sum) of them is that of the batch. */
export function reducedEach(values: tf.Tensor, { loss_weight, reduction }: Reduction): tf.Tensor1D {
  const axes = values.shape.map((_, axis) => axis).slice(1);
  const each = reduction === 'mean' ? tf.mean<tf.Tensor1D>(values, axes) : tf.sum<tf.Tensor1D>(values, axes);
  return tf.mul<tf.Tensor1D>(each, loss_weight);
}

/** The mean or the sum of all values, times the weight of the loss. */
export function reduced(values: tf.Tensor, { loss_weight, reduction }: Reduction): tf.Scalar {
  const total = reduction === 'mean' ? tf.mean<tf.Scalar>(values) : tf.sum<tf.Scalar>(values);
  return tf.mul<tf.Scalar>(total, loss_weight);
}
