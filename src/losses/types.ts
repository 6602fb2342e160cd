import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';

/** Compares sr with gt, both float32 [n, h, w, c] in [0, 1]: one number, already times `loss_weight`. */
export type Loss = (sr: Tensor4D, gt: Tensor4D) => Scalar;
