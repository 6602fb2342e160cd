import * as tf from '@tensorflow/tfjs-core';

/**
 * torch's `pixel_unshuffle`: folds each `factor` x `factor` square of pixels into channels, the position
 * within the square varying fastest.
 */
export function pixelUnshuffle(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const split = tf.reshape(x, [n, h / factor, factor, w / factor, factor, c]);
  const moved = tf.transpose(split, [0, 1, 3, 5, 2, 4]);
  return tf.reshape(moved, [n, h / factor, w / factor, c * factor * factor]);
}

/** Every pixel repeated `factor` times in both directions. */
export function upsampleNearest(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  return factor === 1 ? x : tf.image.resizeNearestNeighbor(x, [x.shape[1] * factor, x.shape[2] * factor]);
}

/** torch's `interpolate(mode='bilinear', align_corners=False)`: what lies beyond the border repeats it. */
export function upsampleBilinear(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const size: [number, number] = [x.shape[1] * factor, x.shape[2] * factor];
  return factor === 1 ? x : tf.image.resizeBilinear(x, size, false, true);
}

/**
 * torch numbers the channels before `pixel_shuffle` colour by colour, tfjs' depthToSpace position by
 * position. Reordering the outputs of the convolution before it costs less than reordering its image.
 */
export function shuffleOutputs<R extends tf.Rank>(weight: tf.Tensor<R>, factor: number): tf.Tensor<R> {
  const outputs = weight.shape[weight.rank - 1]!;
  const squares = factor * factor;
  const rows = weight.size / outputs;
  const split = tf.reshape<tf.Rank.R3>(weight, [rows, outputs / squares, squares]);
  return tf.reshape<R>(tf.transpose(split, [0, 2, 1]), weight.shape);
}
