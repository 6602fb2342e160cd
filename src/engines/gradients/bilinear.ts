import * as tf from '@tensorflow/tfjs-core';
import { defineGradient } from './define.js';

/** Places `begin` up to, not including, `end` of the second axis. */
const places = (x: tf.Tensor3D, begin: number, end: number): tf.Tensor3D =>
  tf.slice(x, [0, begin, 0], [x.shape[0], end - begin, x.shape[2]]);

const weighted = (parts: readonly tf.Tensor3D[], weights: readonly number[]): tf.Tensor3D =>
  parts.map((part, i) => tf.mul<tf.Tensor3D>(part, weights[i]!)).reduce((sum, part) => tf.add(sum, part));

/**
 * Of one axis that was enlarged by `factor`: [outer, size * factor, inner] -> [outer, size, inner]. The pixels made
 * around place i, phase by phase, have their share from i and from the nearer of its neighbours; at the border the
 * place itself stands in for the neighbour that is not there.
 */
function gather(dy: tf.Tensor3D, factor: number): tf.Tensor3D {
  const [outer, large, inner] = dy.shape;
  const size = large / factor;
  const split = tf.reshape(dy, [outer, size, factor, inner]);
  const phases = Array.from({ length: factor }, (_, phase) =>
    tf.reshape<tf.Rank.R3>(tf.slice(split, [0, 0, phase, 0], [outer, size, 1, inner]), [outer, size, inner]),
  );
  const offsets = phases.map((_, phase) => (phase + 0.5) / factor - 0.5);
  const own = weighted(
    phases,
    offsets.map((offset) => 1 - Math.abs(offset)),
  );
  const half = Math.floor(factor / 2);
  // The middle phase of an odd factor lies on its place and takes nothing from a neighbour.
  const before = weighted(phases.slice(0, half), offsets.slice(0, half).map(Math.abs));
  const after = weighted(phases.slice(-half), offsets.slice(-half));
  const fromNext = tf.concat([places(before, 1, size), places(after, size - 1, size)], 1);
  const fromPrevious = tf.concat([places(before, 0, 1), places(after, 0, size - 1)], 1);
  return tf.add(tf.add(own, fromNext), fromPrevious);
}

function gradient(dy: tf.Tensor, images: tf.Tensor, { halfPixelCenters }: tf.NamedAttrMap): tf.Tensor {
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const [rows, columns] = [dy.shape[1]! / h, dy.shape[2]! / w];
  if (!halfPixelCenters || ![rows, columns].every((factor) => Number.isInteger(factor) && factor > 1))
    throw new Error(
      'The gradient of bilinear resizing is implemented for whole factors and half-pixel centers.',
    );
  const byRows = gather(tf.reshape(dy, [n, h * rows, w * columns * c]), rows);
  return tf.reshape(gather(tf.reshape(byRows, [n * h, w * columns, c]), columns), images.shape);
}

/** tfjs' own kernels for this know nothing of half-pixel centers. */
export const bilinear = defineGradient(
  'ResizeBilinear',
  { save: ['images'] },
  (dy, [images], attributes) => ({
    images: () => gradient(dy, images!, attributes),
  }),
);
