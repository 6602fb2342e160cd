import * as tf from '@tensorflow/tfjs-core';
import type { Discriminator, Network, Stateful } from '../networks/index.js';
import { type Adam, type AdamOptions, createAdam } from './adam.js';
import { createEma, type Ema } from './ema.js';
import { type FlatWeights, flatWeights, type Layout } from './flat.js';
import type { Criteria } from './step/types.js';

/** A network in training: its weights as one vector, and their optimizer. */
export interface Side<N extends Stateful> {
  readonly network: N;
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly layout: Layout;
  readonly weights: FlatWeights;
  readonly adam: Adam;
}

/** All that a training step reads and changes. */
export interface Trainee {
  readonly generator: Side<Network>;
  readonly ema: Ema;
  readonly discriminator?: Side<Discriminator>;
  readonly criteria: Criteria;
}

export function createSide<N extends Stateful>(network: N, options: AdamOptions): Side<N> {
  const weights = flatWeights(network.parameters);
  const { layout } = weights;
  return { network, parameters: network.parameters, layout, weights, adam: createAdam(layout, options) };
}

export interface TraineeOptions {
  readonly ema_decay: number;
  readonly optim_g: AdamOptions;
  readonly optim_d: AdamOptions;
}

/** Takes two networks into training; the averaged weights start as the generator's own. */
export function createTrainee(
  networks: { readonly g: Network; readonly d?: Discriminator },
  criteria: Criteria,
  options: TraineeOptions,
): Trainee {
  const generator = createSide(networks.g, options.optim_g);
  return {
    generator,
    ema: createEma(generator.weights.vector, options.ema_decay),
    discriminator: networks.d && createSide(networks.d, options.optim_d),
    criteria,
  };
}

/**
 * Uploads everything anew, each vector as data of its own and the networks' variables as views of theirs. To an
 * engine that records operations and compiles them, the first step then looks like all others.
 */
export async function settle({ generator, ema, discriminator }: Trainee): Promise<void> {
  const sides: Side<Stateful>[] = discriminator ? [generator, discriminator] : [generator];
  for (const { network, weights, adam } of sides) {
    await upload(weights.vector, weights.set);
    for (const vector of [adam.m, adam.v]) await upload(vector);
    for (const buffer of network.buffers?.values() ?? []) await upload(buffer);
  }
  await upload(ema.vector);
}

async function upload<R extends tf.Rank>(
  variable: tf.Variable<R>,
  assign = (value: tf.Tensor<R>): void => variable.assign(value),
): Promise<void> {
  const { shape, dtype } = variable;
  const values = (await variable.data()).slice();
  tf.tidy(() => assign(tf.tensor<R>(values, shape, dtype)));
}

/** All that a training step reads and changes, as far as it is kept from one to the next. */
export const variablesOf = ({ generator, ema, discriminator }: Trainee): tf.Variable[] => [
  ema.vector as tf.Variable,
  ...[generator, ...(discriminator ? [discriminator] : [])].flatMap(
    ({ network, parameters, weights, adam }: Side<Stateful>) =>
      [
        weights.vector,
        adam.m,
        adam.v,
        ...parameters.values(),
        ...(network.buffers?.values() ?? []),
      ] as tf.Variable[],
  ),
];

/** Gives back all memory, the networks' own included. */
export function disposeTrainee({ generator, ema, discriminator }: Trainee): void {
  ema.dispose();
  for (const side of [generator, discriminator])
    for (const part of side ? [side.weights, side.adam, side.network] : []) part.dispose();
}
