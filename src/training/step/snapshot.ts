import * as tf from '@tensorflow/tfjs-core';
import type { Stateful } from '../../networks/index.js';
import type { Side, Trainee } from '../trainee.js';

/** The state of a trainee before a step, to be put back should the step turn out to be a bad one. */
export interface Snapshot {
  restore(): void;
  dispose(): void;
}

/**
 * Tensors never change: a step makes new ones and leaves the old ones behind. So a snapshot only holds on to
 * what is there, and costs no copy.
 */
export function snapshot({ generator, ema, discriminator }: Trainee): Snapshot {
  const sides: Side<Stateful>[] = discriminator ? [generator, discriminator] : [generator];
  const variables = [
    ema.vector,
    ...sides.flatMap(({ adam, network }) => [adam.m, adam.v, ...(network.buffers?.values() ?? [])]),
  ] as tf.Variable[];
  const held = variables.map((variable) => ({ variable, value: tf.clone(variable) }));
  const weights = sides.map((side) => ({
    side,
    vector: tf.clone(side.weights.vector as tf.Tensor1D),
    steps: side.adam.steps,
  }));
  return {
    restore() {
      for (const { variable, value } of held) tf.tidy(() => variable.assign(tf.clone(value)));
      for (const { side, vector, steps } of weights) {
        tf.tidy(() => side.weights.set(tf.clone(vector)));
        side.adam.steps = steps;
      }
    },
    dispose: () => tf.dispose([...held.map(({ value }) => value), ...weights.map(({ vector }) => vector)]),
  };
}
