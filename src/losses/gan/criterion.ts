import * as tf from '@tensorflow/tfjs-core';
import type { GanLossOptions } from './options.js';

/** How far logits are from saying "real" (or "fake"), as one number. */
type Distance = (logits: tf.Tensor, real: boolean) => tf.Scalar;

/** The distances that the two sides of the game lower; only `hinge` has different ones. */
export interface Criterion {
  readonly generator: Distance;
  readonly discriminator: Distance;
}

/** log(1 + e^x), without overflow. Its derivative is the sigmoid. */
const softplus = tf.customGrad((x, save) => {
  const input = x as tf.Tensor;
  (save as tf.GradSaveFunc)([input]);
  return {
    value: tf.add(tf.relu(input), tf.log1p(tf.exp(tf.neg(tf.abs(input))))),
    gradFunc: (dy, saved) => tf.mul(dy as tf.Tensor, tf.sigmoid((saved as tf.Tensor[])[0]!)),
  };
}) as (x: tf.Tensor) => tf.Tensor;

const mean = (x: tf.Tensor): tf.Scalar => tf.mean<tf.Scalar>(x);
const signed = (x: tf.Tensor, real: boolean): tf.Tensor => (real ? tf.neg(x) : x);

export function createCriterion({ gan_type, real_label_val, fake_label_val }: GanLossOptions): Criterion {
  const label = (real: boolean): number => (real ? real_label_val : fake_label_val);
  const distances: Record<GanLossOptions['gan_type'], Distance> = {
    // Cross-entropy between label and sigmoid(x), in a form that neither overflows nor takes log(0).
    vanilla: (x, real) => mean(tf.sub(softplus(x), tf.mul(x, label(real)))),
    lsgan: (x, real) => mean(tf.square(tf.sub(x, label(real)))),
    wgan: (x, real) => mean(signed(x, real)),
    wgan_softplus: (x, real) => mean(softplus(signed(x, real))),
    hinge: (x, real) => mean(tf.relu(tf.add(signed(x, real), 1))),
  };
  const discriminator = distances[gan_type];
  return { discriminator, generator: gan_type === 'hinge' ? (x) => mean(tf.neg(x)) : discriminator };
}
