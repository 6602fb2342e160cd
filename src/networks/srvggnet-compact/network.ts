import * as tf from '@tensorflow/tfjs-core';
import { conv, prelu } from '../../engines/ops/conv.js';
import { convPixelShuffle } from '../../engines/ops/pixel-shuffle.js';
import { upsampleNearest } from '../../engines/ops/resample.js';
import { Parameters } from '../parameters.js';
import type { Network } from '../types.js';
import type { SRVGGNetCompactOptions } from './options.js';

type Activation = (x: tf.Tensor4D) => tf.Tensor4D;

function activation(p: Parameters, name: string, options: SRVGGNetCompactOptions): Activation {
  if (options.act_type === 'relu') return (x) => tf.relu(x);
  if (options.act_type === 'leakyrelu') return (x) => tf.leakyRelu(x, 0.1);
  const slopes = p.add<tf.Rank.R1>(`${name}.weight`, [options.num_feat], p.init.constant(0.25));
  return (x) => prelu(x, slopes);
}

/**
 * The compact VGG-style network of Real-ESRGAN (realesr-animevideov3, realesr-general): convolutions at the
 * size of lq, one pixel shuffle, and the enlarged input added at the end.
 */
export function createSRVGGNetCompact(options: SRVGGNetCompactOptions, seed: string): Network {
  const { num_in_ch, num_out_ch, num_feat, num_conv, upscale } = options;
  const p = new Parameters(seed);
  const layers = Array.from({ length: num_conv + 1 }, (_, i) => ({
    conv: p.conv3x3(`body.${2 * i}`, i === 0 ? num_in_ch : num_feat, num_feat),
    act: activation(p, `body.${2 * i + 1}`, options),
  }));
  const last = p.conv3x3(`body.${2 * num_conv + 2}`, num_feat, num_out_ch * upscale * upscale);

  return {
    type: options.type,
    scale: upscale,
    parameters: p.map,
    forward: (lq) =>
      tf.tidy(() => {
        const features = layers.reduce((x, layer) => layer.act(conv(x, layer.conv)), lq);
        return tf.add<tf.Tensor4D>(convPixelShuffle(features, last, upscale), upsampleNearest(lq, upscale));
      }),
    dispose: () => p.dispose(),
  };
}
