import * as tf from '@tensorflow/tfjs-core';
import { alone, present } from '../engines/present.js';
import { readNpy } from '../npy.js';

/** The engines that every reference value is checked on; the plain JavaScript one is the second opinion. */
export const engines = alone ? present : ([...present, 'cpu'] as const);

/** A reference array in torch's layout, NCHW, as an NHWC tensor. */
export function nchw(file: string): tf.Tensor4D {
  const { data, shape } = readNpy(file);
  return tf.tidy(() =>
    tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]),
  );
}

/** Length of the difference by the length of what was wanted. */
export function relativeError(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [error, norm] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    error += (found[i]! - wanted[i]!) ** 2;
    norm += wanted[i]! ** 2;
  }
  return Math.sqrt(error / norm);
}

/** The largest absolute difference; infinite where lengths differ or something is not a number. */
export function maxDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let worst = found.length === wanted.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(found[i]! - wanted[i]!);
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return worst;
}

export const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
