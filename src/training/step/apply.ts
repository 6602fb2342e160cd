import * as tf from '@tensorflow/tfjs-core';
import type { Stateful } from '../../networks/index.js';
import type { Side } from '../trainee.js';

/**
 * Moves a network's weights against a gradient.
 * @param numbers of the step, see Adam
 * @param clip where the gradient's norm is larger, it is scaled down to it, as torch's clip_grad_norm_ does
 * @returns a number that is finite only if every value of the gradient is
 */
export function applyGradient(
  { weights, adam }: Side<Stateful>,
  gradient: tf.Tensor1D,
  numbers: tf.Tensor1D,
  clip?: number,
): tf.Scalar {
  const norm = clip === undefined ? undefined : tf.sqrt(tf.sum(tf.square(gradient)));
  const used = norm
    ? tf.mul<tf.Tensor1D>(gradient, tf.minimum(tf.div(clip!, tf.add(norm, 1e-6)), 1))
    : gradient;
  weights.set(adam.step(weights.vector as tf.Tensor1D, used, numbers));
  return (norm ?? tf.sum(gradient)) as tf.Scalar;
}
