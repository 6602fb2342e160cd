import * as tf from '@tensorflow/tfjs-core';
import { loadStateDict, type StateDict, type Stateful, stateDict } from '../../networks/index.js';
import { flatten, unflatten } from '../flat.js';
import type { Side } from '../trainee.js';

/** The state of an Adam: by the parameters' names, in torch's layouts. */
export interface OptimizerState {
  readonly steps: number;
  readonly exp_avg: StateDict;
  readonly exp_avg_sq: StateDict;
}

export async function optimizerState(side: Side<Stateful>): Promise<OptimizerState> {
  return {
    steps: side.adam.steps,
    exp_avg: await vectorState(side, side.adam.m as tf.Tensor1D),
    exp_avg_sq: await vectorState(side, side.adam.v as tf.Tensor1D),
  };
}

/** @throws EsrganError `NETWORK_WEIGHTS` when the state belongs to another network */
export function setOptimizerState(side: Side<Stateful>, state: OptimizerState): void {
  side.adam.steps = state.steps;
  setVector(side, side.adam.m, state.exp_avg);
  setVector(side, side.adam.v, state.exp_avg_sq);
}

/** A vector of one number a weight, by the parameters' names. */
export async function vectorState(
  { network, layout }: Pick<Side<Stateful>, 'network' | 'layout'>,
  vector: tf.Tensor1D,
): Promise<StateDict> {
  const values = unflatten(layout, vector);
  try {
    return await stateDict({ type: network.type, parameters: network.parameters }, values);
  } finally {
    tf.dispose([...values.values()]);
  }
}

function setVector(
  { network, layout }: Side<Stateful>,
  vector: tf.Variable<tf.Rank.R1>,
  dict: StateDict,
): void {
  tf.tidy(() => {
    const parameters = new Map(
      [...unflatten(layout, vector as tf.Tensor1D)].map(([name, part]) => {
        const variable = tf.variable(part, false);
        part.dispose();
        return [name, variable];
      }),
    );
    loadStateDict({ type: network.type, parameters }, dict);
    vector.assign(flatten(layout, parameters));
    for (const variable of parameters.values()) variable.dispose();
  });
}
