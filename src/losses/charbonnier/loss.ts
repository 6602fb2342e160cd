import * as tf from '@tensorflow/tfjs-core';
import { reduced } from '../reduce.js';
import type { PixelLoss } from '../types.js';
import type { CharbonnierLossOptions } from './options.js';

/**
 * sqrt((sr - gt)^2 + eps): the absolute difference with its corner at zero rounded off, over a width of
 * sqrt(eps), so that the gradient fades out there instead of jumping from -1 to 1.
 *
 * Charbonnier et al., "Two deterministic half-quadratic regularization algorithms for computed imaging", 1994;
 * for super-resolution Lai et al., "Deep Laplacian pyramid networks", 2017.
 */
export function createCharbonnierLoss(options: CharbonnierLossOptions): PixelLoss {
  return (sr, gt) => tf.tidy(() => reduced(tf.sqrt(tf.add(tf.square(tf.sub(sr, gt)), options.eps)), options));
}
