import * as tf from '@tensorflow/tfjs-core';
import { type ConvWeights, conv } from './conv.js';
import { shuffleOutputs } from './resample.js';

/**
 * A convolution, then torch's `pixel_shuffle`: every `factor` x `factor` channels become one that is larger by
 * that factor in both directions. All the work is done at the small size, and each of the new pixels has its own
 * filter (Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel
 * convolutional neural network", 2016).
 */
export function convPixelShuffle(x: tf.Tensor4D, { weight, bias }: ConvWeights, factor: number): tf.Tensor4D {
  const out = conv(x, { weight: shuffleOutputs(weight, factor), bias: shuffleOutputs(bias, factor) });
  return factor === 1 ? out : tf.depthToSpace(out, factor);
}
