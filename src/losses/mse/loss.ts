import * as tf from '@tensorflow/tfjs-core';
import type { PixelValues } from '../types.js';

/**
 * Squared difference: (sr - gt)^2, averaged or summed over every value of the batch. It is what PSNR measures:
 * PSNR = -10 log10(mean squared difference) for values in [0, 1].
 */
export const mse: PixelValues = (sr, gt) => tf.square(tf.sub(sr, gt));
