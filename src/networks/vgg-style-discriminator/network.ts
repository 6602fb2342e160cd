import * as tf from '@tensorflow/tfjs-core';
import { conv, convNoBias } from '../../engines/ops/conv.js';
import { EsrganError } from '../../errors.js';
import { batchNorm } from '../batch-norm.js';
import { Parameters } from '../parameters.js';
import type { Discriminator } from '../types.js';
import type { VGGStyleDiscriminatorOptions } from './options.js';

const SLOPE = 0.2;

type Layer<X extends tf.Tensor> = (x: X, training: boolean) => X;

/** Convolution without bias, batch norm, LeakyReLU; with a 4x4 filter half as large as its input. */
function normed(
  p: Parameters,
  index: string,
  size: 3 | 4,
  inputs: number,
  outputs: number,
): Layer<tf.Tensor4D> {
  const shape = [size, size, inputs, outputs];
  const weight = p.add<tf.Rank.R4>(`conv${index}.weight`, shape, p.init.torchDefault(shape));
  const norm = batchNorm(p, `bn${index}`, outputs);
  const stride = size === 4 ? 2 : 1;
  return (x, training) => tf.leakyRelu(norm(convNoBias(x, weight, stride), training), SLOPE);
}

/** A weighted sum of all inputs for each output. The weight keeps torch's layout [out, in]. */
function linear(p: Parameters, name: string, inputs: number, outputs: number): Layer<tf.Tensor2D> {
  const init = p.init.torchDefault([inputs, outputs]);
  const weight = p.add<tf.Rank.R2>(`${name}.weight`, [outputs, inputs], init);
  const bias = p.add<tf.Rank.R1>(`${name}.bias`, [outputs], init);
  return (x) => tf.add(tf.matMul(x, weight, false, true), bias);
}

/**
 * The discriminator of SRGAN and ESRGAN, built like the VGG networks: pairs of convolutions, the second of each of
 * stride 2 with more features, down to 4x4 places, then two fully connected layers to one number for the whole
 * image. Image sizes are fixed, because the connected layers are. Wang et al., "ESRGAN", 2018.
 */
export function createVGGStyleDiscriminator(
  options: VGGStyleDiscriminatorOptions,
  seed: string,
): Discriminator {
  const { num_in_ch, num_feat: nf, input_size } = options;
  const p = new Parameters(seed);
  const first = p.conv3x3('conv0_0', num_in_ch, nf);
  const stages = [1, 2, 4, 8, 8, ...(input_size === 256 ? [8] : [])];
  const layers = stages.flatMap((factor, i) => {
    const before = nf * (stages[i - 1] ?? 1);
    return [
      // conv0_0 stands before the stages: it has a bias and no norm.
      ...(i > 0 ? [normed(p, `${i}_0`, 3, before, nf * factor)] : []),
      normed(p, `${i}_1`, 4, nf * factor, nf * factor),
    ];
  });
  const connected = linear(p, 'linear1', nf * 8 * 4 * 4, 100);
  const last = linear(p, 'linear2', 100, 1);

  return {
    type: options.type,
    parameters: p.map,
    buffers: p.buffers,
    forward: (image, { training }) =>
      tf.tidy(() => {
        checkSize(image, input_size);
        const maps = layers.reduce((x, layer) => layer(x, training), conv(image, first, SLOPE));
        // torch flattens (channel, row, column).
        const flat = tf.reshape<tf.Rank.R2>(tf.transpose(maps, [0, 3, 1, 2]), [maps.shape[0], -1]);
        return last(tf.leakyRelu(connected(flat, training), SLOPE), training);
      }),
    dispose: () => p.dispose(),
  };
}

function checkSize({ shape: [, height, width] }: tf.Tensor4D, size: number): void {
  if (height === size && width === size) return;
  throw new EsrganError(
    'NETWORK_INPUT',
    `VGGStyleDiscriminator was made for images of ${size}x${size}, not ${width}x${height}.`,
    { remedy: 'Set network_d.input_size (128 or 256) and gt_size to the same number.' },
  );
}
