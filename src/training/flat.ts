import * as tf from '@tensorflow/tfjs-core';

type Tensors = ReadonlyMap<string, tf.Tensor>;

/** Where each parameter of a network lies in one vector of all its weights, in the network's order. */
export interface Layout {
  readonly size: number;
  readonly parts: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly begin: number;
    readonly size: number;
  }[];
}

export function layoutOf(parameters: Tensors): Layout {
  let size = 0;
  const parts = [...parameters].map(([name, parameter]) => {
    const part = { name, shape: parameter.shape, begin: size, size: parameter.size };
    size += parameter.size;
    return part;
  });
  return { size, parts };
}

/**
 * All tensors of a layout as one vector, float32 [layout.size].
 * @throws Error when one is missing: a network that does not use one of its parameters is a mistake
 */
export function flatten({ parts }: Layout, tensors: Tensors): tf.Tensor1D {
  return tf.tidy(() =>
    tf.concat1d(
      parts.map(({ name, size }) => {
        const tensor = tensors.get(name);
        if (!tensor) throw new Error(`there is no value for ${name}`);
        return tf.reshape<tf.Rank.R1>(tensor, [size]);
      }),
    ),
  );
}

/** The parts of a vector by their names and in their shapes; the caller disposes of them. */
export function unflatten({ parts }: Layout, vector: tf.Tensor1D): Map<string, tf.Tensor> {
  const tensors = tf.tidy(() =>
    parts.map(({ shape, begin, size }) => tf.reshape(tf.slice(vector, [begin], [size]), [...shape])),
  );
  return new Map(parts.map(({ name }, i) => [name, tensors[i]!]));
}

/**
 * A network's weights as one vector. An optimizer then has a dozen operations on one long vector instead of a
 * dozen on each of hundreds of tensors; the network's own variables are views of it.
 */
export interface FlatWeights {
  readonly layout: Layout;
  /** float32 [layout.size]; change it with `set` only. */
  readonly vector: tf.Variable<tf.Rank.R1>;
  /** Gives the network other weights. */
  set(vector: tf.Tensor1D): void;
  /** Takes up weights that were given to the network's own variables. */
  refresh(): void;
  dispose(): void;
}

export function flatWeights(parameters: ReadonlyMap<string, tf.Variable>): FlatWeights {
  const layout = layoutOf(parameters);
  const vector = tf.tidy(() => tf.variable(flatten(layout, parameters), false));
  const set = (value: tf.Tensor1D): void =>
    tf.tidy(() => {
      vector.assign(value);
      for (const { name, shape, begin, size } of layout.parts)
        parameters.get(name)!.assign(tf.reshape(tf.slice(value, [begin], [size]), [...shape]));
    });
  return {
    layout,
    vector,
    set,
    refresh: () => tf.tidy(() => set(flatten(layout, parameters))),
    dispose: () => vector.dispose(),
  };
}

/** A vector of zeros that the engine holds as data, not as an operation: every step then looks the same to it. */
export const zeros = ({ size }: Layout): tf.Variable<tf.Rank.R1> =>
  tf.tidy(() => tf.variable(tf.tensor1d(new Float32Array(size)), false));
