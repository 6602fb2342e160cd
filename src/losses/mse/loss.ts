import * as tf from '@tensorflow/tfjs-core';
import { reduced } from '../reduce.js';
import type { PixelLoss } from '../types.js';
import type { MSELossOptions } from './options.js';

/**
 * Squared difference: (sr - gt)^2, averaged or summed over every value of the batch. It is what PSNR measures:
 * PSNR = -10 log10(mean squared difference) for values in [0, 1].
 */
export function createMSELoss(options: MSELossOptions): PixelLoss {
  return (sr, gt) => tf.tidy(() => reduced(tf.square(tf.sub(sr, gt)), options));
}
