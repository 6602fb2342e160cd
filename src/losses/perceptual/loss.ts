import * as tf from '@tensorflow/tfjs-core';
import type { FeatureExtractor, FeatureMaps, PerceptualLoss } from '../types.js';
import { createCriterion } from './criterion.js';
import { gram } from './gram.js';
import type { PerceptualLossOptions } from './options.js';

type Difference = (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Scalar;

/**
 * Compares images not by their pixels but by the feature maps of a network that was trained to recognise things
 * (VGG). Its first layers answer to edges and textures, the deeper ones to parts of things; two images that a
 * person finds alike give similar maps even where a leaf has moved by a pixel. A loss on pixels would rather have
 * no leaf at all than one in the wrong place, and so blurs.
 *
 * - `percep`: sum over layers of weight * difference of the maps (Johnson et al., "Perceptual losses for real-time
 *   style transfer and super-resolution", 2016). ESRGAN takes them before the activation, where they are dense.
 * - `style`: the same of their Gram matrices, which tell which features occur together but not where (Gatys et
 *   al., "Image style transfer using convolutional neural networks", 2016).
 *
 * @param features maps of at least the layers in `layer_weights`; see createVggFeatures
 */
export function createPerceptualLoss(
  options: PerceptualLossOptions,
  features: FeatureExtractor,
): PerceptualLoss {
  const { layer_weights, perceptual_weight, style_weight } = options;
  const criterion = createCriterion(options.criterion);

  const total = (sr: FeatureMaps, gt: FeatureMaps, factor: number, difference: Difference): tf.Scalar => {
    const parts = Object.entries(layer_weights).map(([layer, weight]) =>
      tf.mul<tf.Scalar>(difference(sr[layer]!, gt[layer]!), weight),
    );
    return tf.mul(
      parts.reduce((sum, part) => tf.add(sum, part)),
      factor,
    );
  };

  return {
    target: (gt) => tf.tidy(() => features(gt)),
    compare: (sr, gt) =>
      tf.tidy(() => {
        const found = features(sr);
        return {
          ...(perceptual_weight > 0 && { percep: total(found, gt, perceptual_weight, criterion) }),
          ...(style_weight > 0 && {
            style: total(found, gt, style_weight, (x, y) => criterion(gram(x), gram(y))),
          }),
        };
      }),
  };
}
