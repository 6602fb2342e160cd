import * as tf from '@tensorflow/tfjs-core';

type Attributes = tf.NamedAttrMap;
type Gradients = Record<string, () => tf.Tensor>;

/** Which inputs, by name, and whether the output must be kept until the gradient is taken. */
export interface Saved {
  readonly save?: readonly string[];
  readonly saveOutput?: boolean;
}

/** A gradient of a kernel with one output: `saved` holds the inputs in the order named, then the output. */
export function defineGradient(
  kernelName: string,
  { save = [], saveOutput = false }: Saved,
  gradients: (dy: tf.Tensor, saved: readonly tf.Tensor[], attributes: Attributes) => Gradients,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...save],
    outputsToSave: [saveOutput],
    gradFunc: (dy, saved, attributes) => gradients(dy as tf.Tensor, saved, attributes),
  };
}

/** Sums over the axes along which an operand of that shape was broadcast. */
export function reduceTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, [...shape]);
}

/** Sum over everything but the channels: the gradient of a bias. */
export const channelSum = (x: tf.Tensor): tf.Tensor =>
  tf.sum(
    x,
    x.shape.slice(0, -1).map((_, axis) => axis),
  );

/** Runs a kernel that only some engines have, or says the same in common operations. */
export function kernelOr<T extends tf.Tensor>(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: Attributes,
  otherwise: () => T,
): T {
  const present = tf.getKernel(name, tf.getBackend()) !== undefined;
  return present ? (tf.engine().runKernel(name, inputs, attributes) as T) : otherwise();
}
