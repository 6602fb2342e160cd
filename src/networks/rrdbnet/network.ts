import * as tf from '@tensorflow/tfjs-core';
import { conv } from '../../engines/ops/conv.js';
import { pixelUnshuffle, upsampleNearest } from '../../engines/ops/resample.js';
import { Parameters } from '../parameters.js';
import type { Network } from '../types.js';
import type { RRDBNetOptions } from './options.js';

const SLOPE = 0.2;
const RESIDUAL = 0.2;

type Block = (x: tf.Tensor4D) => tf.Tensor4D;

/** x + factor * residual. Its gradient needs neither of them, so that no memory is held for it. */
const addResidual = tf.customGrad((x, residual) => ({
  value: tf.add(x as tf.Tensor, tf.mul(residual as tf.Tensor, RESIDUAL)),
  gradFunc: (dy) => [tf.clone(dy as tf.Tensor), tf.mul(dy as tf.Tensor, RESIDUAL)],
})) as (x: tf.Tensor4D, residual: tf.Tensor4D) => tf.Tensor4D;

/** Five convolutions; each sees the block's input and what all earlier ones made of it. */
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

/** Residual in residual dense block: three dense blocks within one more residual connection. */
function rrdb(p: Parameters, name: string, options: RRDBNetOptions): Block {
  const blocks = [1, 2, 3].map((i) => denseBlock(p, `${name}.rdb${i}`, options));
  return (x) =>
    addResidual(
      x,
      blocks.reduce((y, block) => block(y), x),
    );
}

/** The generator of ESRGAN, Real-ESRNet and Real-ESRGAN. */
export function createRRDBNet(options: RRDBNetOptions, seed: string): Network {
  const { num_in_ch, num_out_ch, num_feat, num_block, scale } = options;
  // The trunk always enlarges by 4; for smaller scales the input is first made that much smaller.
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
