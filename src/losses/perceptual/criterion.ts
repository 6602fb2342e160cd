import * as tf from '@tensorflow/tfjs-core';
import type { PerceptualLossOptions } from './options.js';

type Criterion = (x: tf.Tensor, y: tf.Tensor) => tf.Scalar;

/** The root of the sum of squares; its gradient at zero is zero, as torch has it, instead of not a number. */
const frobenius = tf.customGrad((x, save) => {
  const value = tf.sqrt(tf.sum<tf.Scalar>(tf.square(x as tf.Tensor)));
  (save as tf.GradSaveFunc)([x as tf.Tensor, value]);
  return {
    value,
    gradFunc: (dy, saved) => {
      const [input, norm] = saved as [tf.Tensor, tf.Tensor];
      return tf.mul(input, tf.div(dy as tf.Tensor, tf.add(norm, tf.cast(tf.equal(norm, 0), 'float32'))));
    },
  };
}) as (x: tf.Tensor) => tf.Scalar;

const criteria: Record<PerceptualLossOptions['criterion'], Criterion> = {
  l1: (x, y) => tf.mean<tf.Scalar>(tf.abs(tf.sub(x, y))),
  l2: (x, y) => tf.mean<tf.Scalar>(tf.square(tf.sub(x, y))),
  fro: (x, y) => frobenius(tf.sub(x, y)),
};

export const createCriterion = (name: PerceptualLossOptions['criterion']): Criterion => criteria[name];
