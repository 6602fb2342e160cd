import * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from './parameters.js';

/** torch's defaults. */
const EPS = 1e-5;
const MOMENTUM = 0.1;

/** Everything but the channels. */
const axes = [0, 1, 2];

interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

function moments(x: tf.Tensor): Moments {
  const mean = tf.mean(x, axes);
  return { mean, variance: tf.mean(tf.square(tf.sub(x, mean)), axes) };
}

/**
 * x with mean 0 and variance 1 in each channel. Mean and variance depend on x, hence the two terms that are taken
 * off its gradient: moving or stretching all values together changes nothing.
 */
const standardized = (seen: (moments: Moments) => void) =>
  tf.customGrad((x, save) => {
    const { mean, variance } = moments(x as tf.Tensor);
    seen({ mean, variance });
    const scale = tf.rsqrt(tf.add(variance, EPS));
    const value = tf.mul(tf.sub(x as tf.Tensor, mean), scale);
    (save as tf.GradSaveFunc)([value, scale]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [y, factor] = saved as [tf.Tensor, tf.Tensor];
        const gradient = dy as tf.Tensor;
        const along = tf.mul(y, tf.mean(tf.mul(gradient, y), axes));
        return tf.mul(tf.sub(tf.sub(gradient, tf.mean(gradient, axes)), along), factor);
      },
    };
  }) as (x: tf.Tensor) => tf.Tensor;

/** Moves a running average towards what was seen now. */
const follow = (average: tf.Variable, seen: tf.Tensor): void =>
  average.assign(tf.add(tf.mul(average, 1 - MOMENTUM), tf.mul(seen, MOMENTUM)));

/**
 * Batch normalisation: brings every channel to mean 0 and variance 1, then gives it a learned scale and shift, so
 * that each layer finds its input in the same range whatever the layers before it do (Ioffe & Szegedy, 2015). In
 * training mean and variance are those of the batch, over images and places, and running averages of them are
 * kept; otherwise those averages are used. As in torch, the running variance is the unbiased one.
 */
export function batchNorm(
  p: Parameters,
  name: string,
  channels: number,
): (x: tf.Tensor4D, training: boolean) => tf.Tensor4D {
  const weight = p.add(`${name}.weight`, [channels], p.init.constant(1));
  const bias = p.add(`${name}.bias`, [channels], p.init.constant(0));
  const runningMean = p.addBuffer(`${name}.running_mean`, [channels], p.init.constant(0));
  const runningVariance = p.addBuffer(`${name}.running_var`, [channels], p.init.constant(1));
  const batches = p.addBuffer(`${name}.num_batches_tracked`, [], p.init.constant(0));

  const inTraining = (x: tf.Tensor4D): tf.Tensor =>
    standardized(({ mean, variance }) => {
      const values = x.size / channels;
      follow(runningMean, mean);
      follow(runningVariance, tf.mul(variance, values / (values - 1)));
      batches.assign(tf.add(batches, 1));
    })(x);

  const inUse = (x: tf.Tensor4D): tf.Tensor =>
    tf.mul(tf.sub(x, runningMean), tf.rsqrt(tf.add(runningVariance, EPS)));

  return (x, training) => tf.add(tf.mul(training ? inTraining(x) : inUse(x), weight), bias);
}
