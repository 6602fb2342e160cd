import * as tf from '@tensorflow/tfjs-core';
import { reduced } from '../reduce.js';
import type { PixelLoss } from '../types.js';
import type { L1LossOptions } from './options.js';

/**
 * Absolute difference: |sr - gt|, averaged or summed over every value of the batch. Where several answers are
 * possible, the median of them costs least, which is why L1 blurs less than MSE (that answers with their mean).
 */
export function createL1Loss(options: L1LossOptions): PixelLoss {
  return (sr, gt) => tf.tidy(() => reduced(tf.abs(tf.sub(sr, gt)), options));
}
