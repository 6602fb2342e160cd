import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { createRng, type Rng } from '../random/rng.js';

/** Fills a tensor of that shape; tfjs layouts ([kh, kw, in, out] for convolutions). */
export type Initializer = (shape: readonly number[]) => Tensor;

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const fanIn = (shape: readonly number[]): number => sizeOf(shape.slice(0, -1));

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

  /** A random direction: normal deviates, scaled to a length of 1. */
  direction(): Initializer {
    return (shape) => {
      const values = Float64Array.from({ length: sizeOf(shape) }, () => this.#rng.normal());
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      return tensor(
        Float32Array.from(values, (value) => value / length),
        [...shape],
        'float32',
      );
    };
  }

  constant(value: number): Initializer {
    return (shape) => this.#fill(shape, () => value);
  }

  #fill(shape: readonly number[], draw: () => number): Tensor {
    const values = new Float32Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++) values[i] = draw();
    return tensor(values, [...shape], 'float32');
  }
}
