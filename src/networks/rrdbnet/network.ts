import * as tf from '@tensorflow/tfjs-core';
import { conv } from '../../engines/ops/conv.js';
import { pixelUnshuffle, upsampleNearest } from '../../engines/ops/resample.js';
import { checkDivisible } from '../input-size.js';
import { Parameters } from '../parameters.js';
import type { Network } from '../types.js';
import type { RRDBNetOptions } from './options.js';

const SLOPE = 0.2;
const RESIDUAL = 0.2;

type Block = (x: tf.Tensor4D) => tf.Tensor4D;

/**
 * Residual connection: x + 0.2 * residual. A block then only learns what to change about x; with weights near zero
 * it changes nothing, and gradients reach the first layers through the plain sum, past however many blocks. That is
 * what makes networks of hundreds of layers trainable (He et al., "Deep residual learning for image recognition",
 * 2016). The factor below 1 keeps sums of many blocks from growing (Szegedy et al., "Inception-v4", 2016).
 *
 * Its gradient needs neither operand, so that no memory is held for it.
 */
const addResidual = tf.customGrad((x, residual) => ({
  value: tf.add(x as tf.Tensor, tf.mul(residual as tf.Tensor, RESIDUAL)),
  gradFunc: (dy) => [tf.clone(dy as tf.Tensor), tf.mul(dy as tf.Tensor, RESIDUAL)],
})) as (x: tf.Tensor4D, residual: tf.Tensor4D) => tf.Tensor4D;

/**
 * Dense block: five convolutions, each of which sees the block's input *and* what all earlier ones made of it (the
 * channels are put side by side: 64, 96, 128, 160, 192 of them). Nothing that was found has to be found again, so
 * each may add as little as `num_grow_ch` channels; the last one brings them back to `num_feat`. Huang et al.,
 * "Densely connected convolutional networks", 2017.
 *
 * Its result is not taken as such but added to the input, a fifth of it: see addResidual.
 */
function denseBlock(p: Parameters, name: string, { num_feat, num_grow_ch }: RRDBNetOptions): Block {
  const init = { weight: p.init.kaimingNormal(0.1), bias: p.init.constant(0) };
  const layers = [1, 2, 3, 4, 5].map((i) =>
    p.conv3x3(`${name}.conv${i}`, num_feat + (i - 1) * num_grow_ch, i === 5 ? num_feat : num_grow_ch, init),
  );
  return (x) => {
    const features = [x];
    for (const layer of layers.slice(0, 4)) features.push(conv(tf.concat(features, 3), layer, SLOPE));
    return addResidual(x, conv(tf.concat(features, 3), layers[4]!));
  };
}

/**
 * RRDB, residual in residual dense block: three dense blocks, each with a residual connection of its own, within one
 * more such connection. There is no batch norm: its statistics differ between training and use, which shows as
 * blotches in pictures.
 */
function rrdb(p: Parameters, name: string, options: RRDBNetOptions): Block {
  const blocks = [1, 2, 3].map((i) => denseBlock(p, `${name}.rdb${i}`, options));
  return (x) =>
    addResidual(
      x,
      blocks.reduce((y, block) => block(y), x),
    );
}

/**
 * The generator of ESRGAN, Real-ESRNet and Real-ESRGAN (Wang et al., "ESRGAN: enhanced super-resolution generative
 * adversarial networks", 2018; "Real-ESRGAN", 2021). Nearly all work is done at the size of lq: one convolution
 * makes features of the colours, `num_block` RRDBs refine them (23 of them hold 16.5 of the 16.7 million weights),
 * and a connection around them all keeps the plain features. Only then the maps are enlarged, twice by two, by
 * repeating pixels and convolving, and two last convolutions make colours of them again.
 *
 * For scale 2 and 1 the image is first folded: each 2x2 or 4x4 square of pixels becomes the channels of one, so that
 * the same trunk, which always enlarges by 4, does the work at a smaller size.
 */
export function createRRDBNet(options: RRDBNetOptions, seed: string): Network {
  const { num_in_ch, num_out_ch, num_feat, num_block, scale } = options;
  const fold = 4 / scale;
  const p = new Parameters(seed);
  const first = p.conv3x3('conv_first', num_in_ch * fold * fold, num_feat);
  const blocks = Array.from({ length: num_block }, (_, i) => rrdb(p, `body.${i}`, options));
  const body = p.conv3x3('conv_body', num_feat, num_feat);
  const up1 = p.conv3x3('conv_up1', num_feat, num_feat);
  const up2 = p.conv3x3('conv_up2', num_feat, num_feat);
  const hr = p.conv3x3('conv_hr', num_feat, num_feat);
  const last = p.conv3x3('conv_last', num_feat, num_out_ch);

  return {
    type: options.type,
    scale,
    parameters: p.map,
    forward: (lq) =>
      tf.tidy(() => {
        checkDivisible(options.type, lq, fold);
        const shallow = conv(fold === 1 ? lq : pixelUnshuffle(lq, fold), first);
        const deep = blocks.reduce((x, block) => block(x), shallow);
        const features = tf.add<tf.Tensor4D>(shallow, conv(deep, body));
        const twice = conv(upsampleNearest(features, 2), up1, SLOPE);
        const fourTimes = conv(upsampleNearest(twice, 2), up2, SLOPE);
        return conv(conv(fourTimes, hr, SLOPE), last);
      }),
    dispose: () => p.dispose(),
  };
}
