import * as tf from '@tensorflow/tfjs-core';
import type { PixelLoss } from '../losses/index.js';
import type { Network } from '../networks/index.js';
import type { Adam } from './adam.js';
import type { Batch } from './batch.js';
import type { Ema } from './ema.js';
import { toFloat } from './to-float.js';

/** What a training step reads and changes. */
export interface Trainee {
  readonly network: Network;
  readonly loss: PixelLoss;
  readonly adam: Adam;
  readonly ema: Ema;
}

/**
 * One training step: makes the network a little better at turning this batch's small pictures into its
 * large ones. All changed values are arrays of float32 held by the engine.
 *
 * 1. The bytes of `lq` (small pictures) and `gt` (the large ones they were made from) become float32 in [0, 1].
 * 2. Forward: the network, a function of `lq` and of its parameters (some 10^4 to 10^7 numbers), computes
 *    `sr`, its guess at `gt`.
 * 3. The loss is one number: the mean of |sr - gt|. Zero would be a perfect guess.
 * 4. Gradients: for every parameter, how much the loss would grow if that parameter grew a little. The engine
 *    notes each operation of the forward pass, then walks that list backwards and applies the chain rule of
 *    calculus to each; so all gradients together cost about twice the forward pass.
 * 5. Adam moves every parameter a small way against its gradient.
 * 6. The moving average (EMA) of the parameters follows.
 *
 * A loss that is not a finite number changes nothing: the parameters stay those of the step before.
 *
 * @param lr learning rate: how far a parameter moves at most, about
 * @returns the losses by their names in the log
 */
export function trainingStep(
  { network, loss, adam, ema }: Trainee,
  batch: Batch,
  lr: number,
): { l_pix: number } {
  return tf.tidy(() => {
    const lq = toFloat(batch.lq, batch.lqShape);
    const gt = toFloat(batch.gt, batch.gtShape);
    const { value, grads } = tf.variableGrads(
      () => loss(network.forward(lq), gt),
      [...network.parameters.values()],
    );
    const l_pix = value.dataSync()[0]!;
    if (Number.isFinite(l_pix)) {
      adam.step(byParameter(network, grads), lr);
      ema.update();
    }
    return { l_pix };
  });
}

/** tfjs names gradients by its variables' own names; we go by the parameters' names. */
function byParameter(network: Network, grads: tf.NamedTensorMap): Map<string, tf.Tensor> {
  return new Map(
    [...network.parameters].flatMap(([name, p]) => (grads[p.name] ? [[name, grads[p.name]!]] : [])),
  );
}
