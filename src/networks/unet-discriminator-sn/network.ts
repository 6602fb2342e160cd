import * as tf from '@tensorflow/tfjs-core';
import { conv, convNoBias } from '../../engines/ops/conv.js';
import { upsampleBilinear } from '../../engines/ops/resample.js';
import { checkDivisible } from '../input-size.js';
import { Parameters } from '../parameters.js';
import { spectralNorm } from '../spectral-norm.js';
import type { Discriminator } from '../types.js';
import type { UNetDiscriminatorSNOptions } from './options.js';

const SLOPE = 0.2;

type Layer = (x: tf.Tensor4D, training: boolean) => tf.Tensor4D;

/** A convolution whose weight is held to spectral norm 1, without bias, and a LeakyReLU. */
function normed(p: Parameters, name: string, size: 3 | 4, inputs: number, outputs: number): Layer {
  const weight = spectralNorm(p, name, [size, size, inputs, outputs]);
  const stride = size === 4 ? 2 : 1;
  return (x, training) => tf.leakyRelu(convNoBias(x, weight(training), stride), SLOPE);
}

/**
 * The discriminator of Real-ESRGAN: a U-Net that judges every pixel. Three convolutions of stride 2 take the
 * image down to an eighth, so that the deepest maps see far around them; the way up enlarges bilinearly, and skip
 * connections add the maps of the same size from the way down, which still know where exactly things are. Thus it
 * tells the generator where a picture looks wrong, not only that it does (Schoenfeld et al., "A U-Net based
 * discriminator for generative adversarial networks", 2020; Wang et al., "Real-ESRGAN", 2021). Spectral norm
 * keeps it from growing so steep that training becomes unstable: see spectralNorm.
 */
export function createUNetDiscriminatorSN(options: UNetDiscriminatorSNOptions, seed: string): Discriminator {
  const { num_in_ch, num_feat: nf, skip_connection } = options;
  const p = new Parameters(seed);
  const first = p.conv3x3('conv0', num_in_ch, nf);
  const down = [1, 2, 3].map((i) => normed(p, `conv${i}`, 4, nf * 2 ** (i - 1), nf * 2 ** i));
  const up = [4, 5, 6].map((i) => normed(p, `conv${i}`, 3, nf * 2 ** (7 - i), nf * 2 ** (6 - i)));
  const hr = [7, 8].map((i) => normed(p, `conv${i}`, 3, nf, nf));
  const last = p.conv3x3('conv9', nf, 1);

  return {
    type: options.type,
    parameters: p.map,
    buffers: p.buffers,
    forward: (image, { training }) =>
      tf.tidy(() => {
        checkDivisible(options.type, image, 8);
        const maps = [conv(image, first, SLOPE)];
        for (const layer of down) maps.push(layer(maps.at(-1)!, training));
        let x = maps.pop()!;
        for (const layer of up) {
          const skipped = maps.pop()!;
          const larger = layer(upsampleBilinear(x, 2), training);
          x = skip_connection ? tf.add(larger, skipped) : larger;
        }
        for (const layer of hr) x = layer(x, training);
        return conv(x, last);
      }),
    dispose: () => p.dispose(),
  };
}
