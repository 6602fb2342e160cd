import * as tf from '@tensorflow/tfjs-core';
import type { Parameters } from './parameters.js';

type Shape4D = readonly [number, number, number, number];

/** A length below which a vector is no longer scaled to 1, as in torch. */
const EPS = 1e-12;

const normalized = (x: tf.Tensor2D): tf.Tensor2D => tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x))), EPS));

/** torch flattens a filter as (in, kh, kw), ours is (kh, kw, in). */
const fromTorch = (v: tf.Tensor1D, [kh, kw, inputs]: Shape4D): tf.Tensor2D =>
  tf.reshape(tf.transpose(tf.reshape(v, [inputs, kh, kw]), [1, 2, 0]), [v.size, 1]);

const toTorch = (v: tf.Tensor2D, [kh, kw, inputs]: Shape4D): tf.Tensor1D =>
  tf.reshape(tf.transpose(tf.reshape(v, [kh, kw, inputs]), [2, 0, 1]), [v.size]);

interface Vectors {
  /** [out, 1] */
  readonly u: tf.Tensor2D;
  /** [kh * kw * in, 1] */
  readonly v: tf.Tensor2D;
}

/** One turn of the power iteration. `matrix` is [kh * kw * in, out]. */
function turn(matrix: tf.Tensor2D, u: tf.Tensor2D): Vectors {
  const v = normalized(tf.matMul(matrix, u));
  return { u: normalized(tf.matMul(matrix, v, true)), v };
}

/**
 * A convolution weight divided by its spectral norm: seen as a matrix that turns the pixels under the filter into
 * output channels, it then lengthens no vector. A discriminator of such layers cannot become arbitrarily steep, and
 * so always leaves the generator a slope to follow (Miyato et al., "Spectral normalization for generative
 * adversarial networks", 2018).
 *
 * The norm (the largest singular value, sigma) is not computed but followed by a *power iteration*: multiplying a
 * vector by the matrix and its transpose turns it towards the direction that the matrix lengthens most. The vectors
 * u and v are kept between steps (`weight_u`, `weight_v`), and as weights change slowly, one turn for each pass in
 * training is enough: v = normalised(W^T u), u = normalised(W v), sigma = u^T W v.
 *
 * As in torch, u and v count as constants for the gradient; with sigma's own, u v^T, it is
 * (dy - sum(dy * W / sigma) u v^T) / sigma.
 *
 * @returns gives the weight [kh, kw, in, out] to convolve with; with `training: true` it first renews u and v
 */
export function spectralNorm(
  p: Parameters,
  name: string,
  shape: Shape4D,
): (training: boolean) => tf.Tensor4D {
  const [kh, kw, inputs, outputs] = shape;
  const rows = kh * kw * inputs;
  const original = p.add<tf.Rank.R4>(`${name}.weight_orig`, shape, p.init.torchDefault(shape));
  const storedU = p.addBuffer<tf.Rank.R1>(`${name}.weight_u`, [outputs], p.init.direction());
  const storedV = p.addBuffer<tf.Rank.R1>(`${name}.weight_v`, [rows], p.init.direction());

  function vectors(matrix: tf.Tensor2D, training: boolean): Vectors {
    const stored = { u: tf.reshape<tf.Rank.R2>(storedU, [outputs, 1]), v: fromTorch(storedV, shape) };
    if (!training) return stored;
    const renewed = turn(matrix, stored.u);
    storedU.assign(tf.reshape(renewed.u, [outputs]));
    storedV.assign(toTorch(renewed.v, shape));
    return renewed;
  }

  const divided = (training: boolean) =>
    tf.customGrad((weight, save) => {
      const matrix = tf.reshape<tf.Rank.R2>(weight as tf.Tensor, [rows, outputs]);
      const { u, v } = vectors(matrix, training);
      const sigma = tf.sum(tf.mul(v, tf.matMul(matrix, u)));
      const value = tf.div(weight as tf.Tensor, sigma);
      (save as tf.GradSaveFunc)([value, u, v, sigma]);
      return { value, gradFunc: (dy, saved) => gradient(dy as tf.Tensor, saved as tf.Tensor[]) };
    });

  return (training) => divided(training)(original) as tf.Tensor4D;
}

function gradient(dy: tf.Tensor, [value, u, v, sigma]: readonly tf.Tensor[]): tf.Tensor {
  const along = tf.reshape(tf.matMul(v as tf.Tensor2D, u as tf.Tensor2D, false, true), dy.shape);
  return tf.div(tf.sub(dy, tf.mul(along, tf.sum(tf.mul(dy, value!)))), sigma!);
}
