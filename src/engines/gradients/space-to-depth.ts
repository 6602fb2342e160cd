import * as tf from '@tensorflow/tfjs-core';
import { kernelOr } from './define.js';

/** The inverse of tf.depthToSpace. */
export function spaceToDepth(x: tf.Tensor4D, block: number): tf.Tensor4D {
  return kernelOr('SpaceToDepth', { x }, { blockSize: block }, () => {
    const [n, h, w, c] = x.shape;
    const [rows, columns] = [h / block, w / block];
    const split = tf.reshape(x, [n * rows, block, columns, block * c]);
    return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [n, rows, columns, block * block * c]);
  });
}
