import type * as tf from '@tensorflow/tfjs-core';
import type { GanLoss, PerceptualLoss, PixelLoss, SampleLoss } from '../../losses/index.js';
import type { Discriminator, Network } from '../../networks/index.js';
import type { Weights } from './gradients.js';

/** A batch as the losses want it: float32 NHWC, RGB in [0, 1]. */
export interface Pictures {
  readonly lq: tf.Tensor4D;
  /** gt, or gt sharpened, for each of the losses. */
  readonly l1: tf.Tensor4D;
  readonly percep: tf.Tensor4D;
  readonly gan: tf.Tensor4D;
}

/** What pictures are judged by; what is absent does not count. */
export interface Criteria {
  readonly pixel?: PixelLoss;
  /** The pixel loss of each sample, where it is to be noted down; does not count for the training. */
  readonly samples?: SampleLoss;
  readonly perceptual?: PerceptualLoss;
  readonly gan?: GanLoss;
}

export interface Generator extends Weights {
  readonly network: Network;
}

export interface Opponent extends Weights {
  readonly network: Discriminator;
}
