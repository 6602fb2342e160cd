import * as tf from '@tensorflow/tfjs-core';
import type { GanLoss } from '../../losses/index.js';
import { eachSample, reconstruction } from './esrnet.js';
import { type Gradient, gradientOf, total } from './gradients.js';
import type { Criteria, Generator, Opponent, Pictures } from './types.js';

/** What a batch says about both sides. */
export interface Duel {
  /** Absent in iterations that train the discriminator alone. */
  readonly g?: Gradient;
  readonly d: Gradient;
}

/**
 * What one batch teaches the two networks of Real-ESRGAN.
 *
 * A generator that is only told how far its pixels are off learns to blur. So it gets an opponent: the
 * discriminator D looks at a picture and says how real it looks. Both are trained in the same step.
 *
 * - **Generator:** the losses of Real-ESRNet, and `l_g_gan`: how surely D takes its pictures for fakes. D's
 *   parameters are fixed here; the gradient runs through D into the picture, and on into the generator.
 * - **Discriminator:** `l_d_real`, how badly it knows real pictures, and `l_d_fake`, how badly it knows the
 *   generator's; the pictures are fixed here. `out_d_real` and `out_d_fake` are its mean answers: training is
 *   in balance while they are apart, but not far.
 *
 * D is shown a picture three times: the fake for the generator's sake, the real one, the fake again. Each time
 * its spectral norms get one step more exact, as in the original, so the order of the calls is part of the result.
 *
 * With a relativistic loss (ESRGAN, 2018) D says instead whether a real picture looks more real than the
 * average fake one; then each side needs D's answer to the other kind of picture too, as constants.
 */
export function esrganGradients(
  generator: Generator,
  opponent: Opponent,
  pictures: Pictures,
  criteria: Criteria & { readonly gan: GanLoss },
  trainGenerator: boolean,
): Duel {
  if (!trainGenerator) {
    const sr = tf.tidy(() => generator.network.forward(pictures.lq));
    return { d: discriminatorGradient(opponent, pictures.gan, sr, criteria.gan) };
  }
  const { extra, ...g } = generatorGradient(generator, opponent, pictures, criteria);
  const samples = eachSample(extra.sr, pictures, criteria, 'l_g_');
  return {
    g: { ...g, samples, extra: {} },
    d: discriminatorGradient(opponent, pictures.gan, extra.sr, criteria.gan),
  };
}

function generatorGradient(
  generator: Generator,
  { network: discriminator }: Opponent,
  pictures: Pictures,
  criteria: Criteria & { readonly gan: GanLoss },
): Gradient<{ sr: tf.Tensor4D }> {
  const { gan, perceptual } = criteria;
  const features = perceptual?.target(pictures.percep);
  const real = gan.relativistic ? discriminator.forward(pictures.gan, { training: true }) : undefined;
  return gradientOf(generator, () => {
    const sr = generator.network.forward(pictures.lq);
    const parts = reconstruction(sr, { l1: pictures.l1, features }, criteria, 'l_g_');
    const fake = discriminator.forward(sr, { training: true });
    parts.l_g_gan = gan.generator({ fake, real });
    return { total: total(parts), parts, extra: { sr } };
  });
}

function discriminatorGradient(opponent: Opponent, gt: tf.Tensor4D, sr: tf.Tensor4D, gan: GanLoss): Gradient {
  const { network } = opponent;
  // ESRGAN asks for the fake's mean once more before it shows the real picture.
  const before = gan.relativistic ? network.forward(sr, { training: true }) : undefined;
  return gradientOf(opponent, () => {
    const real = network.forward(gt, { training: true });
    const l_d_real = gan.discriminatorReal({ real, fake: before });
    const fake = network.forward(sr, { training: true });
    const l_d_fake = gan.discriminatorFake({ fake, real });
    const parts = {
      l_d_real,
      out_d_real: tf.mean<tf.Scalar>(real),
      l_d_fake,
      out_d_fake: tf.mean<tf.Scalar>(fake),
    };
    return { total: tf.add<tf.Scalar>(l_d_real, l_d_fake), parts, extra: {} };
  });
}
