import * as tf from '@tensorflow/tfjs-core';
import type { PixelValues } from '../types.js';
import type { CharbonnierLossOptions } from './options.js';

/**
 * sqrt((sr - gt)^2 + eps): the absolute difference with its corner at zero rounded off, over a width of
 * sqrt(eps), so that the gradient fades out there instead of jumping from -1 to 1.
 *
 * Charbonnier et al., "Two deterministic half-quadratic regularization algorithms for computed imaging", 1994;
 * for super-resolution Lai et al., "Deep Laplacian pyramid networks", 2017.
 */
export const charbonnier =
  ({ eps }: CharbonnierLossOptions): PixelValues =>
  (sr, gt) =>
    tf.sqrt(tf.add(tf.square(tf.sub(sr, gt)), eps));
