import * as tf from '@tensorflow/tfjs-core';
import type { ConvWeights } from '../../engines/ops/conv.js';
import type { ConvParameters, Parameters } from '../parameters.js';

/** How many times more channels the 3x3 convolution has on either side than the whole. */
const GAIN = 2;

const matrix = (x: tf.Tensor, rows: number): tf.Tensor2D => tf.reshape(x, [rows, x.size / rows]);

interface Chain {
  readonly skip: ConvParameters;
  /** 1x1, 3x3, 1x1. */
  readonly wide: readonly [ConvParameters, ConvParameters, ConvParameters];
}

/** The one 3x3 convolution that does what the chain does. */
function merge({ skip, wide: [first, middle, last] }: Chain): ConvWeights {
  const [, , inputs, outputs] = skip.weight.shape;
  const [, , c1, c2] = middle.weight.shape;
  const after = matrix(last.weight, c2);
  // [3 * 3 * c1, out] as [c1, 9 * out], so that the first convolution is one product as well.
  const rest = tf.reshape(tf.matMul(matrix(middle.weight, 9 * c1), after), [9, c1, outputs]);
  const across = matrix(tf.transpose(rest, [1, 0, 2]), c1);
  const whole = tf.reshape(tf.matMul(matrix(first.weight, inputs), across), [inputs, 9, outputs]);
  const weight = tf.reshape<tf.Rank.R4>(tf.transpose(whole, [1, 0, 2]), [3, 3, inputs, outputs]);
  const center = tf.pad(skip.weight, [
    [1, 1],
    [1, 1],
    [0, 0],
    [0, 0],
  ]);
  // Beyond the border the first convolution gives its bias, so that every tap of the middle one sees it.
  const taps = tf.sum(tf.reshape(middle.weight, [9, c1, c2]), 0) as tf.Tensor2D;
  const shifted = tf.add<tf.Tensor2D>(tf.matMul(matrix(first.bias, 1), taps), middle.bias);
  const bias = tf.add(tf.matMul(shifted, after), tf.add(last.bias, skip.bias));
  return { weight: tf.add(weight, center), bias: tf.reshape<tf.Rank.R1>(bias, [outputs]) };
}

/**
 * A 3x3 convolution that is trained as something larger: 1x1 to twice the channels, 3x3, 1x1 back, and a 1x1
 * beside it. As nothing between them is curved, they amount to one 3x3 convolution, which is what runs; but the
 * larger form is easier to train. torch's code runs the chain while training and the merged form, stored as
 * `eval_conv`, in use; we always merge, which gives the same values and takes less time.
 */
export function mergedConv(p: Parameters, name: string, inputs: number, outputs: number): () => ConvWeights {
  const chain: Chain = {
    skip: p.conv(`${name}.sk`, 1, inputs, outputs),
    wide: [
      p.conv(`${name}.conv.0`, 1, inputs, inputs * GAIN),
      p.conv(`${name}.conv.1`, 3, inputs * GAIN, outputs * GAIN),
      p.conv(`${name}.conv.2`, 1, outputs * GAIN, outputs),
    ],
  };
  const zero = p.init.constant(0);
  const stored = {
    weight: p.addBuffer<tf.Rank.R4>(`${name}.eval_conv.weight`, [3, 3, inputs, outputs], zero),
    bias: p.addBuffer<tf.Rank.R1>(`${name}.eval_conv.bias`, [outputs], zero),
  };
  const merged = (): ConvWeights => {
    const found = merge(chain);
    stored.weight.assign(found.weight);
    stored.bias.assign(found.bias);
    return found;
  };
  tf.tidy(() => void merged());
  return merged;
}
