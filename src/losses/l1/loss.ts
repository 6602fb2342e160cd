import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../types.js';
import type { L1LossOptions } from './options.js';

/** Absolute difference: |sr - gt|, averaged or summed over every value of the batch. */
export function createL1Loss({ loss_weight, reduction }: L1LossOptions): Loss {
  const reduce = reduction === 'mean' ? tf.mean : tf.sum;
  return (sr, gt) => tf.tidy(() => tf.mul<tf.Scalar>(reduce(tf.abs(tf.sub(sr, gt))), loss_weight));
}
