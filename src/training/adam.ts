import * as tf from '@tensorflow/tfjs-core';
import { type Layout, zeros } from './flat.js';

/** `optim_g` of an options file, but for the learning rate, which the schedule gives anew for each step. */
export interface AdamOptions {
  readonly type: 'Adam' | 'AdamW';
  readonly betas: readonly [number, number];
  readonly weight_decay: number;
}

export interface Adam {
  /** Steps done; how many of them count tells how far the running means can be trusted. */
  steps: number;
  /** Running means of the gradients (`exp_avg` in torch), float32 [weights]. */
  readonly m: tf.Variable<tf.Rank.R1>;
  /** Running means of the squared gradients (`exp_avg_sq`). */
  readonly v: tf.Variable<tf.Rank.R1>;
  /** Begins the next step: the numbers in which it differs from all others, float32 [3]. */
  next(lr: number): tf.Tensor1D;
  /**
   * The weights after a step, given the gradient of the loss by each of them; m and v follow.
   * @param numbers from `next`
   */
  step(weights: tf.Tensor1D, gradient: tf.Tensor1D, numbers: tf.Tensor1D): tf.Tensor1D;
  dispose(): void;
}

const EPS = 1e-8;

/**
 * Adam (D. Kingma, J. Ba, arXiv 1412.6980, algorithm 1) as torch.optim computes it, on all weights at once.
 *
 * Each weight moves against its gradient by about `lr`, however large the gradient is: `m / sqrt(v)` is
 * near 1 where gradients agree from step to step and near 0 where they contradict each other. `m` and `v`
 * start at zero, so they are too small at first; dividing by `1 - beta^step` makes up for it.
 *
 * Adam adds `weight_decay * w` to the gradient; AdamW (I. Loshchilov, F. Hutter, arXiv 1711.05101) shrinks
 * the weights directly instead.
 */
export function createAdam(layout: Layout, options: AdamOptions): Adam {
  const [beta1, beta2] = options.betas;
  const decay = options.weight_decay;
  const adam: Adam = {
    steps: 0,
    m: zeros(layout),
    v: zeros(layout),
    next(lr) {
      const t = ++adam.steps;
      // sqrt(v / (1 - beta2^t)) + eps, with the factor taken out: it costs no pass over the vector then.
      const factor = Math.sqrt(1 - beta2 ** t);
      return tf.tensor1d([EPS * factor, (lr * factor) / (1 - beta1 ** t), 1 - lr * decay]);
    },
    step: (w, gradient, numbers) =>
      tf.tidy(() => {
        const [eps, move, kept] = tf.unstack(numbers);
        const g = options.type === 'Adam' && decay > 0 ? tf.add(gradient, scaled(w, decay)) : gradient;
        const m = mix(adam.m, g, beta1);
        const v = mix(adam.v, tf.square(g), beta2);
        const moved = tf.mul(tf.div(m, tf.add(tf.sqrt(v), eps!)), move!);
        adam.m.assign(m as tf.Tensor1D);
        adam.v.assign(v as tf.Tensor1D);
        return tf.sub<tf.Tensor1D>(options.type === 'AdamW' && decay > 0 ? tf.mul(w, kept!) : w, moved);
      }),
    dispose() {
      adam.m.dispose();
      adam.v.dispose();
    },
  };
  return adam;
}

const scaled = (x: tf.Tensor, factor: number): tf.Tensor => tf.mul(x, factor);

/** `keep * old + (1 - keep) * fresh`. */
export function mix<T extends tf.Tensor>(old: tf.Tensor, fresh: tf.Tensor, keep: number): T {
  return tf.add(scaled(old, keep), scaled(fresh, 1 - keep));
}
