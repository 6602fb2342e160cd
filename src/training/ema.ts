import * as tf from '@tensorflow/tfjs-core';
import { mix } from './adam.js';
import type { FlatWeights } from './flat.js';

/**
 * An exponential moving average of the weights: `params_ema`. It follows the weights slowly, which averages
 * out the jitter of single steps; it is what validation measures and what users of the network load.
 */
export interface Ema {
  /** float32 [weights] */
  readonly vector: tf.Variable<tf.Rank.R1>;
  /** vector = decay * vector + (1 - decay) * weights */
  update(weights: tf.Tensor1D): void;
  dispose(): void;
}

/** Starts as a copy of `weights`. */
export function createEma(weights: tf.Tensor1D, decay: number): Ema {
  const vector = tf.tidy(() => tf.variable(tf.clone(weights), false));
  return {
    vector,
    update: (fresh) => tf.tidy(() => vector.assign(mix<tf.Tensor1D>(vector, fresh, decay))),
    dispose: () => vector.dispose(),
  };
}

/** Runs `use` while the network has other weights, and puts its own back, also when `use` throws. */
export async function withWeights<T>(
  weights: FlatWeights,
  others: tf.Tensor1D,
  use: () => Promise<T>,
): Promise<T> {
  const own = tf.clone(weights.vector as tf.Tensor1D);
  weights.set(others);
  try {
    return await use();
  } finally {
    weights.set(own);
    own.dispose();
  }
}
