import * as tf from '@tensorflow/tfjs-core';
import { conv } from '../../engines/ops/conv.js';
import { convPixelShuffle } from '../../engines/ops/pixel-shuffle.js';
import { upsampleBilinear } from '../../engines/ops/resample.js';
import { Parameters } from '../parameters.js';
import type { Network } from '../types.js';
import type { MSRResNetOptions } from './options.js';

const SLOPE = 0.1;

/** x + conv(relu(conv(x))): the two convolutions only learn what to change about x. */
function residualBlock(p: Parameters, name: string, num_feat: number): (x: tf.Tensor4D) => tf.Tensor4D {
  const init = basicInit(p);
  const first = p.conv3x3(`${name}.conv1`, num_feat, num_feat, init);
  const second = p.conv3x3(`${name}.conv2`, num_feat, num_feat, init);
  return (x) => tf.add(x, conv(tf.relu(conv(x, first)), second));
}

const basicInit = (p: Parameters) => ({ weight: p.init.kaimingNormal(0.1), bias: p.init.constant(0) });

/**
 * SRResNet as BasicSR trains it: residual blocks without batch norm at the size of lq, pixel shuffles, and the
 * bilinearly enlarged input added at the end. The network on which ESRGAN's RRDBNet improved (Ledig et al.,
 * "Photo-realistic single image super-resolution using a generative adversarial network", 2017; without batch
 * norm since Lim et al., "Enhanced deep residual networks", 2017).
 */
export function createMSRResNet(options: MSRResNetOptions, seed: string): Network {
  const { num_in_ch, num_out_ch, num_feat, num_block, upscale } = options;
  const p = new Parameters(seed);
  const init = basicInit(p);
  const steps = upscale === 4 ? [2, 2] : [upscale];
  const first = p.conv3x3('conv_first', num_in_ch, num_feat, init);
  const blocks = Array.from({ length: num_block }, (_, i) => residualBlock(p, `body.${i}`, num_feat));
  const up = steps.map((factor, i) => ({
    factor,
    weights: p.conv3x3(`upconv${i + 1}`, num_feat, num_feat * factor * factor, init),
  }));
  const hr = p.conv3x3('conv_hr', num_feat, num_feat, init);
  const last = p.conv3x3('conv_last', num_feat, num_out_ch, init);

  return {
    type: options.type,
    scale: upscale,
    parameters: p.map,
    forward: (lq) =>
      tf.tidy(() => {
        const features = blocks.reduce((x, block) => block(x), conv(lq, first, SLOPE));
        const large = up.reduce(
          (x, { factor, weights }) => tf.leakyRelu(convPixelShuffle(x, weights, factor), SLOPE),
          features,
        );
        return tf.add<tf.Tensor4D>(conv(conv(large, hr, SLOPE), last), upsampleBilinear(lq, upscale));
      }),
    dispose: () => p.dispose(),
  };
}
