import * as tf from '@tensorflow/tfjs-core';
import { mix } from './adam.js';

type Parameters = ReadonlyMap<string, tf.Variable>;

/**
 * An exponential moving average of the weights: `params_ema`. It follows the weights slowly, which averages
 * out the jitter of single steps; it is what validation measures and what users of the network load.
 */
export interface Ema {
  readonly values: Parameters;
  /** values = decay * values + (1 - decay) * parameters */
  update(): void;
  dispose(): void;
}

/** Starts as a copy of `parameters`. */
export function createEma(parameters: Parameters, decay: number): Ema {
  const values = new Map(
    [...parameters].map(([name, p]) => [name, tf.tidy(() => tf.variable(tf.clone(p), false))]),
  );
  return {
    values,
    update() {
      for (const [name, value] of values)
        tf.tidy(() => value.assign(mix(value, parameters.get(name)!, decay)));
    },
    dispose() {
      for (const value of values.values()) value.dispose();
    },
  };
}

/** Runs `use` while `parameters` hold other values, and puts their own back, also when `use` throws. */
export async function withWeights<T>(
  parameters: Parameters,
  values: ReadonlyMap<string, tf.Tensor>,
  use: () => Promise<T>,
): Promise<T> {
  const own = new Map([...parameters].map(([name, p]) => [name, tf.clone(p)]));
  assignAll(parameters, values);
  try {
    return await use();
  } finally {
    assignAll(parameters, own);
    for (const value of own.values()) value.dispose();
  }
}

/** Gives each parameter the value of the same name. */
export function assignAll(parameters: Parameters, values: ReadonlyMap<string, tf.Tensor>): void {
  for (const [name, parameter] of parameters) tf.tidy(() => parameter.assign(tf.clone(values.get(name)!)));
}
