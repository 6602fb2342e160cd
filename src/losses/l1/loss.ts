import * as tf from '@tensorflow/tfjs-core';
import type { PixelValues } from '../types.js';

/**
 * Absolute difference: |sr - gt|, averaged or summed over every value of the batch. Where several answers are
 * possible, the median of them costs least, which is why L1 blurs less than MSE (that answers with their mean).
 */
export const l1: PixelValues = (sr, gt) => tf.abs(tf.sub(sr, gt));
