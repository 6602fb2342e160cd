import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { createRng, type Rng } from '../random/rng.js';

/** Fills a tensor of that shape; tfjs layouts ([kh, kw, in, out] for convolutions). */
export type Initializer = (shape: readonly number[]) => Tensor;

const fanIn = (shape: readonly number[]): number => shape.slice(0, -1).reduce((a, b) => a * b, 1);

/**
 * The initial values torch and BasicSR give to convolutions, drawn from one seeded stream: the same seed and
 * the same order of calls give the same network everywhere.
 */
export class Initializers {
  readonly #rng: Rng;

  constructor(seed: string) {
    this.#rng = createRng(seed);
  }

  /** torch's default for weights and biases: uniform within 1 / sqrt(fan of the weight). */
  torchDefault(weightShape: readonly number[]): Initializer {
    const bound = 1 / Math.sqrt(fanIn(weightShape));
    return (shape) => this.#fill(shape, () => this.#rng.uniform(-bound, bound));
  }

  /** BasicSR's default_init_weights: kaiming normal (gain of ReLU) times a factor. */
  kaimingNormal(factor: number): Initializer {
    return (shape) => {
      const std = factor * Math.sqrt(2 / fanIn(shape));
      return this.#fill(shape, () => this.#rng.normal() * std);
    };
  }

  constant(value: number): Initializer {
    return (shape) => this.#fill(shape, () => value);
  }

  #fill(shape: readonly number[], draw: () => number): Tensor {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) values[i] = draw();
    return tensor(values, [...shape], 'float32');
  }
}
