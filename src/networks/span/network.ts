import * as tf from '@tensorflow/tfjs-core';
import { conv } from '../../engines/ops/conv.js';
import { convPixelShuffle } from '../../engines/ops/pixel-shuffle.js';
import { Parameters } from '../parameters.js';
import type { Network } from '../types.js';
import { mergedConv } from './merged-conv.js';
import type { SPANOptions } from './options.js';

const BLOCKS = [1, 2, 3, 4, 5, 6];

const silu = (x: tf.Tensor4D): tf.Tensor4D => tf.mul(x, tf.sigmoid(x));

interface Attended {
  readonly out: tf.Tensor4D;
  /** What the first of the three convolutions gave. */
  readonly early: tf.Tensor4D;
}

/**
 * Three convolutions, then attention without parameters: the last maps themselves, brought to -0.5 ... 0.5, say
 * where the block's output counts. Large values, which mean edges and texture, are raised, flat places let be.
 */
function attentionBlock(p: Parameters, name: string, channels: number): (x: tf.Tensor4D) => Attended {
  const [c1, c2, c3] = [1, 2, 3].map((i) => mergedConv(p, `${name}.c${i}_r`, channels, channels));
  return (x) => {
    const early = conv(x, c1!());
    const last = conv(silu(conv(silu(early), c2!())), c3!());
    const attention = tf.sub(tf.sigmoid(last), 0.5);
    return { out: tf.mul(tf.add(last, x), attention), early };
  };
}

/**
 * SPAN, a small and quick network: six attention blocks at the size of lq, of which the input, the first, an early
 * map of the last and the output are gathered, and one pixel shuffle. Wan et al., "Swift parameter-free attention
 * network for efficient super-resolution", 2024.
 */
export function createSPAN(options: SPANOptions, seed: string): Network {
  const { num_in_ch, num_out_ch, feature_channels: nf, upscale, img_range, rgb_mean } = options;
  const p = new Parameters(seed);
  const first = mergedConv(p, 'conv_1', num_in_ch, nf);
  const blocks = BLOCKS.map((i) => attentionBlock(p, `block_${i}`, nf));
  const gather = p.conv('conv_cat', 1, 4 * nf, nf);
  const second = mergedConv(p, 'conv_2', nf, nf);
  const last = p.conv3x3('upsampler.0', nf, num_out_ch * upscale * upscale);

  return {
    type: options.type,
    scale: upscale,
    parameters: p.map,
    buffers: p.buffers,
    forward: (lq) =>
      tf.tidy(() => {
        const features = conv(tf.mul(tf.sub(lq, rgb_mean), img_range), first());
        const outputs: Attended[] = [];
        for (const block of blocks) outputs.push(block(outputs.at(-1)?.out ?? features));
        const { out, early } = outputs.at(-1)!;
        const gathered = tf.concat([features, conv(out, second()), outputs[0]!.out, early], 3);
        return convPixelShuffle(conv(gathered, gather), last, upscale);
      }),
    dispose: () => p.dispose(),
  };
}
