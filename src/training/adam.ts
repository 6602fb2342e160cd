import * as tf from '@tensorflow/tfjs-core';

/** `optim_g` of an options file, but for the learning rate, which the schedule gives anew for each step. */
export interface AdamOptions {
  readonly type: 'Adam' | 'AdamW';
  readonly betas: readonly [number, number];
  readonly weight_decay: number;
}

type Tensors = ReadonlyMap<string, tf.Tensor>;

export interface Adam {
  /** Steps done. */
  readonly steps: number;
  /** Running means of the gradients (`exp_avg` in torch), by parameter name. */
  readonly m: ReadonlyMap<string, tf.Variable>;
  /** Running means of the squared gradients (`exp_avg_sq`). */
  readonly v: ReadonlyMap<string, tf.Variable>;
  /** Changes the parameters, given the gradient of the loss by each of them; without a gradient they stay. */
  step(gradients: Tensors, lr: number): void;
  dispose(): void;
}

const EPS = 1e-8;

/**
 * Adam (D. Kingma, J. Ba, arXiv 1412.6980, algorithm 1) as torch.optim computes it.
 *
 * Each weight moves against its gradient by about `lr`, however large the gradient is: `m / sqrt(v)` is
 * near 1 where gradients agree from step to step and near 0 where they contradict each other. `m` and `v`
 * start at zero, so they are too small at first; dividing by `1 - beta^step` makes up for it.
 *
 * Adam adds `weight_decay * w` to the gradient; AdamW (I. Loshchilov, F. Hutter, arXiv 1711.05101) shrinks
 * the weights directly instead.
 */
export function createAdam(parameters: ReadonlyMap<string, tf.Variable>, options: AdamOptions): Adam {
  const [beta1, beta2] = options.betas;
  const m = zerosLike(parameters);
  const v = zerosLike(parameters);
  let steps = 0;

  function update(name: string, gradient: tf.Tensor, lr: number): void {
    const w = parameters.get(name)!;
    const decay = options.weight_decay;
    const g = options.type === 'Adam' && decay > 0 ? tf.add(gradient, scaled(w, decay)) : gradient;
    const mean = mix(m.get(name)!, g, beta1);
    const square = mix(v.get(name)!, tf.square(g), beta2);
    const root = scaled(tf.sqrt(square), 1 / Math.sqrt(1 - beta2 ** steps));
    const move = scaled(tf.div(mean, tf.add(root, EPS)), lr / (1 - beta1 ** steps));
    const kept = options.type === 'AdamW' && decay > 0 ? scaled(w, 1 - lr * decay) : w;
    m.get(name)!.assign(mean);
    v.get(name)!.assign(square);
    w.assign(tf.sub(kept, move));
  }

  return {
    get steps() {
      return steps;
    },
    m,
    v,
    step(gradients, lr) {
      steps++;
      for (const [name, gradient] of gradients) tf.tidy(() => update(name, gradient, lr));
    },
    dispose() {
      for (const variable of [...m.values(), ...v.values()]) variable.dispose();
    },
  };
}

const scaled = (x: tf.Tensor, factor: number): tf.Tensor => tf.mul(x, factor);

/** `keep * old + (1 - keep) * new`. */
export function mix(old: tf.Tensor, fresh: tf.Tensor, keep: number): tf.Tensor {
  return tf.add(scaled(old, keep), scaled(fresh, 1 - keep));
}

function zerosLike(parameters: ReadonlyMap<string, tf.Variable>): Map<string, tf.Variable> {
  return new Map(
    [...parameters].map(([name, p]) => [name, tf.tidy(() => tf.variable(tf.zeros(p.shape), false))]),
  );
}
