import type { Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';

/** Compares sr with gt, both float32 [n, h, w, c] in [0, 1]: one number, already times `loss_weight`. */
export type PixelLoss = (sr: Tensor4D, gt: Tensor4D) => Scalar;

/** The same for every sample of the batch alone: float32 [n]. */
export type SampleLoss = (sr: Tensor4D, gt: Tensor4D) => Tensor1D;

/** How far each value of sr is off, before anything is averaged or summed: [n, h, w, c]. */
export type PixelValues = (sr: Tensor4D, gt: Tensor4D) => Tensor;

/**
 * Both sides of a generative adversarial game, as losses to be lowered. `real` and `fake` are what the
 * discriminator says (logits, any shape) of real images and of the generator's, not the images themselves.
 */
export interface GanLoss {
  /** Whether each side also needs what the discriminator says of the other kind of images. */
  readonly relativistic: boolean;
  /**
   * How well the generator is seen through; times `loss_weight`. Gradients reach `fake` only: `real` counts as a
   * constant, and is needed when relativistic.
   * @throws Error where `real` is missing and relativistic
   */
  generator(d: { readonly fake: Tensor; readonly real?: Tensor }): Scalar;
  /**
   * How badly the discriminator knows real images; `l_d_real`. Gradients reach `real` only: `fake` counts as a
   * constant, and is needed when relativistic. Not times `loss_weight`.
   */
  discriminatorReal(d: { readonly real: Tensor; readonly fake?: Tensor }): Scalar;
  /** How badly it knows the generator's images; `l_d_fake`. Gradients reach `fake` only. */
  discriminatorFake(d: { readonly fake: Tensor; readonly real?: Tensor }): Scalar;
}

/** Feature maps by the names of their layers, float32 [n, h, w, c]. A plain record: tf.dispose and tf.tidy take it. */
export type FeatureMaps = Record<string, Tensor4D>;

/** A fixed network that turns an image, float32 RGB [n, h, w, 3], into feature maps; see createVggFeatures. */
export type FeatureExtractor = (image: Tensor4D) => FeatureMaps;

/** Compares images by what a network trained to recognise things sees in them. */
export interface PerceptualLoss {
  /**
   * What gt looks like to the network. Call it outside of the gradient, so that nothing is kept for a backward
   * pass that gt does not need; the caller disposes of the result.
   */
  target(gt: Tensor4D): FeatureMaps;
  /** Each part already times its weight; a part whose weight is 0 is absent. */
  compare(sr: Tensor4D, target: FeatureMaps): { readonly percep?: Scalar; readonly style?: Scalar };
}
