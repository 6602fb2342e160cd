import * as tf from '@tensorflow/tfjs-core';
import { defineGradient, reduceTo } from './define.js';

/** With A and B as they are multiplied, transposed or not, the gradients are dy B^T and A^T dy. */
export const matMul = defineGradient(
  'BatchMatMul',
  { save: ['a', 'b'] },
  (dy, [a, b], { transposeA, transposeB }) => ({
    a: () =>
      reduceTo(
        transposeA ? tf.matMul(b!, dy, !!transposeB, true) : tf.matMul(dy, b!, false, !transposeB),
        a!.shape,
      ),
    b: () =>
      reduceTo(transposeB ? tf.matMul(dy, a!, true, !!transposeA) : tf.matMul(a!, dy, !transposeA), b!.shape),
  }),
);
