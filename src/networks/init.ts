import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/** Fills a tensor of that shape; tfjs layouts ([kh, kw, in, out] for convolutions). */
export type Initializer = (shape: readonly number[]) => Tensor;

/** Uniform numbers in [0, 1): sfc32 started from a hash of the seed. */
function uniforms(seed: string): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (const char of seed) {
    a ^= char.codePointAt(0) ?? 0;
    next();
  }
  for (let i = 0; i < 16; i++) next();
  return next;
}

const fanIn = (shape: readonly number[]): number => shape.slice(0, -1).reduce((a, b) => a * b, 1);

/**
 * The initial values torch and BasicSR give to convolutions, drawn from one seeded stream: the same seed and
 * the same order of calls give the same network everywhere.
 */
export class Initializers {
  readonly #uniform: () => number;

  constructor(seed: string) {
    this.#uniform = uniforms(seed);
  }

  /** torch's default for weights and biases: uniform within 1 / sqrt(fan of the weight). */
  torchDefault(weightShape: readonly number[]): Initializer {
    const bound = 1 / Math.sqrt(fanIn(weightShape));
    return (shape) => this.#fill(shape, () => (this.#uniform() * 2 - 1) * bound);
  }

  /** BasicSR's default_init_weights: kaiming normal (gain of ReLU) times a factor. */
  kaimingNormal(factor: number): Initializer {
    return (shape) => {
      const std = factor * Math.sqrt(2 / fanIn(shape));
      return this.#fill(shape, () => this.#normal() * std);
    };
  }

  constant(value: number): Initializer {
    return (shape) => this.#fill(shape, () => value);
  }

  #normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#uniform()));
    return radius * Math.cos(2 * Math.PI * this.#uniform());
  }

  #fill(shape: readonly number[], draw: () => number): Tensor {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) values[i] = draw();
    return tensor(values, [...shape], 'float32');
  }
}
