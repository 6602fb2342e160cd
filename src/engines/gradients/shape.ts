import * as tf from '@tensorflow/tfjs-core';
import { defineGradient } from './define.js';

/** `dy` of a reduction, spread over the reduced axes again. */
function spread(dy: tf.Tensor, x: tf.Tensor, axis: unknown, factor: number): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return tf.mul(tf.reshape(dy, kept), tf.fill(x.shape, factor));
}

/** The gradient of concatenation: a list that tfjs asks for by position. */
const concat: tf.GradConfig = {
  kernelName: 'Concat',
  saveAllInputs: true,
  gradFunc: (dy, saved, { axis }) => {
    const $axis = tf.util.parseAxisParam(axis as number, saved[0]!.shape)[0]!;
    let begin = 0;
    const gradients = saved.map((part) => {
      const start = part.shape.map((_, i) => (i === $axis ? begin : 0));
      begin += part.shape[$axis]!;
      return () => tf.slice(dy as tf.Tensor, start, part.shape);
    });
    return Object.fromEntries(gradients.map((gradient, i) => [i, gradient]));
  },
};

export const shape = [
  concat,
  defineGradient('Sum', { save: ['x'] }, (dy, [x], { axis }) => ({ x: () => spread(dy, x!, axis, 1) })),
  defineGradient('Mean', { save: ['x'] }, (dy, [x], { axis }) => ({
    x: () => spread(dy, x!, axis, dy.size / x!.size),
  })),
  defineGradient('Reshape', { save: ['x'] }, (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) })),
  defineGradient('Cast', {}, (dy) => ({ x: () => tf.clone(dy) })),
  defineGradient('Identity', {}, (dy) => ({ x: () => tf.clone(dy) })),
  defineGradient('Transpose', {}, (dy, _, { perm }) => {
    const order = perm as number[];
    const back = order.map((_, i) => order.indexOf(i));
    return { x: () => tf.transpose(dy, back) };
  }),
  defineGradient('Slice', { save: ['x'] }, (dy, [x], { begin }) => ({
    x: () => {
      const before = x!.shape.map((_, i) => (begin as number[])[i] ?? 0);
      const paddings = before.map((b, i): [number, number] => [b, x!.shape[i]! - b - dy.shape[i]!]);
      return tf.pad(dy, paddings);
    },
  })),
  defineGradient('Tile', { save: ['x'] }, (dy, [x], { reps }) => ({
    x: () => {
      const split = x!.shape.flatMap((size, i) => [(reps as number[])[i]!, size]);
      return tf.sum(
        tf.reshape(dy, split),
        x!.shape.map((_, i) => 2 * i),
      );
    },
  })),
  defineGradient('PadV2', { save: ['x'] }, (dy, [x], { paddings }) => ({
    x: () =>
      tf.slice(
        dy,
        (paddings as [number, number][]).map(([before]) => before),
        x!.shape,
      ),
  })),
];
