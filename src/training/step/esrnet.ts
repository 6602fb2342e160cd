import type * as tf from '@tensorflow/tfjs-core';
import type { FeatureMaps } from '../../losses/index.js';
import { type Gradient, gradientOf, type Losses, total } from './gradients.js';
import type { Criteria, Generator, Pictures } from './types.js';

/**
 * How far the generator's pictures are from the real ones: the part of the loss that Real-ESRNet has alone and
 * Real-ESRGAN starts from.
 *
 * - `pix` compares pixel by pixel. It is safe and blind: of all pictures that could have become this lq, the one
 *   that is right on average is their blurred mean.
 * - `percep` compares what VGG19, a network that was trained to recognise things, sees in both: textures and
 *   edges count, whether or not they sit on the very pixel.
 * - `style` compares how often features occur together, wherever in the picture.
 *
 * @param prefix `l_` for Real-ESRNet, `l_g_` for the generator of Real-ESRGAN: BasicSR's names in the log
 */
export function reconstruction(
  sr: tf.Tensor4D,
  { l1, features }: { readonly l1: tf.Tensor4D; readonly features?: FeatureMaps },
  { pixel, perceptual }: Criteria,
  prefix: string,
): Record<string, tf.Scalar> {
  const parts: Record<string, tf.Scalar> = {};
  if (pixel) parts[`${prefix}pix`] = pixel(sr, l1);
  if (perceptual && features) {
    const { percep, style } = perceptual.compare(sr, features);
    if (percep) parts[`${prefix}percep`] = percep;
    if (style) parts[`${prefix}style`] = style;
  }
  return parts;
}

/**
 * What one batch teaches a generator that has no opponent (Real-ESRNet).
 *
 * 1. Forward: the network, a function of `lq` and of its parameters (some 10^4 to 10^7 numbers), computes `sr`,
 *    its guess at `gt`.
 * 2. The loss is one number; with L1 the mean of |sr - gt|. Zero would be a perfect guess.
 * 3. Gradient: for every parameter, how much the loss would grow if that parameter grew a little. Moving all of
 *    them a little against it lowers the loss on this batch; see Adam.
 */
export function esrnetGradient(generator: Generator, pictures: Pictures, criteria: Criteria): Gradient {
  const features = criteria.perceptual?.target(pictures.percep);
  const { extra, ...gradient } = gradientOf(generator, (): Losses & { extra: tf.NamedTensorMap } => {
    const sr = generator.network.forward(pictures.lq);
    const parts = reconstruction(sr, { l1: pictures.l1, features }, criteria, 'l_');
    return { total: total(parts), parts, extra: criteria.samples ? { sr } : {} };
  });
  return { ...gradient, samples: eachSample(extra.sr as tf.Tensor4D, pictures, criteria, 'l_'), extra: {} };
}

/** The pixel loss of every sample, where it is wanted; outside of the gradient, which it does not concern. */
export function eachSample(
  sr: tf.Tensor4D,
  { l1 }: Pictures,
  { samples }: Criteria,
  prefix: string,
): Record<string, tf.Tensor1D> | undefined {
  return samples && { [`${prefix}pix`]: samples(sr, l1) };
}
