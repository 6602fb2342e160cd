import * as tf from '@tensorflow/tfjs-core';
import type { GanLoss } from '../types.js';
import { type Criterion, createCriterion } from './criterion.js';
import type { GanLossOptions } from './options.js';

/** The same values as a constant: gradients stop here. */
const detached = tf.customGrad((x) => ({
  value: tf.clone(x as tf.Tensor),
  gradFunc: () => [tf.zerosLike(x as tf.Tensor)],
})) as (x: tf.Tensor) => tf.Tensor;

/**
 * Adversarial loss, plain or relativistic. Two networks play against each other: the generator makes images, the
 * discriminator D is shown them (`fake`) and real ones (`real`) and answers with logits, high for "real". Each
 * side is trained by lowering its own loss; as D learns to see what gives the generator away, the generator
 * learns to leave it out: noise-free skin, smeared leaves, anything that real photographs do not have.
 *
 * **Plain** (Goodfellow et al., "Generative adversarial nets", 2014; Real-ESRGAN): D answers "is this image
 * real?". D lowers loss(D(real), "real") and loss(D(fake), "fake"), the generator lowers loss(D(fake), "real").
 *
 * **Relativistic average** (Jolicoeur-Martineau, "The relativistic discriminator", 2018; ESRGAN, Wang et al.
 * 2018): D answers "is this image more real than the other kind are on average?". Every logit is first taken
 * relative to the mean of the other kind's, and both kinds have a part in both losses:
 *
 *     D          (loss(D(real) - mean D(fake), "real") + loss(D(fake) - mean D(real), "fake")) / 2
 *     generator  (loss(D(real) - mean D(fake), "fake") + loss(D(fake) - mean D(real), "real")) / 2
 *
 * So the generator also gains when real images look less real than its own; its gradient does not fade when D
 * is sure about the fakes, which sharpens edges and textures earlier.
 */
export function createGanLoss(options: GanLossOptions): GanLoss {
  const criterion = createCriterion(options);
  const sides = options.relativistic ? relativistic(criterion) : plain(criterion);
  return {
    relativistic: options.relativistic,
    generator: (d) => tf.tidy(() => tf.mul<tf.Scalar>(sides.generator(d), options.loss_weight)),
    discriminatorReal: (d) => tf.tidy(() => sides.discriminatorReal(d)),
    discriminatorFake: (d) => tf.tidy(() => sides.discriminatorFake(d)),
  };
}

type Sides = Omit<GanLoss, 'relativistic'>;

const plain = ({ generator, discriminator }: Criterion): Sides => ({
  generator: ({ fake }) => generator(fake, true),
  discriminatorReal: ({ real }) => discriminator(real, true),
  discriminatorFake: ({ fake }) => discriminator(fake, false),
});

const half = (x: tf.Scalar): tf.Scalar => tf.mul(x, 0.5);
const relative = (x: tf.Tensor, other: tf.Tensor): tf.Tensor => tf.sub(x, tf.mean(other));

const relativistic = ({ generator, discriminator }: Criterion): Sides => ({
  generator: ({ fake, real }) => {
    const constant = detached(needed(real));
    return half(
      tf.add(generator(relative(constant, fake), false), generator(relative(fake, constant), true)),
    );
  },
  discriminatorReal: ({ real, fake }) => half(discriminator(relative(real, detached(needed(fake))), true)),
  discriminatorFake: ({ fake, real }) => half(discriminator(relative(fake, detached(needed(real))), false)),
});

function needed(logits: tf.Tensor | undefined): tf.Tensor {
  if (!logits) throw new Error('A relativistic loss compares real with fake: give it the logits of both.');
  return logits;
}
