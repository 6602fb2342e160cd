import * as tf from '@tensorflow/tfjs-core';

/**
 * How strongly each pair of features occurs at the same places: [n, h, w, c] -> [n, c, c], the product of both
 * maps summed over the places and divided by c * h * w.
 */
export function gram(features: tf.Tensor4D): tf.Tensor3D {
  const [n, h, w, c] = features.shape;
  const flat = tf.reshape(features, [n, h * w, c]);
  const products = tf.matMul(flat, flat, true, false) as tf.Tensor3D;
  return tf.div(products, c * h * w);
}
