import { type Rank, type Tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import { type Initializer, Initializers } from './init.js';

/** A convolution's variables: weight [kh, kw, in, out], bias [out]. */
export interface ConvParameters {
  readonly weight: Variable<Rank.R4>;
  readonly bias: Variable<Rank.R1>;
}

/** Creates a network's variables one by one and keeps them in torch's order. */
export class Parameters {
  readonly map = new Map<string, Variable>();
  readonly buffers = new Map<string, Variable>();
  readonly init: Initializers;

  constructor(seed: string) {
    this.init = new Initializers(seed);
  }

  /** Something that is trained. */
  add<R extends Rank>(name: string, shape: readonly number[], init: Initializer): Variable<R> {
    // No tfjs name: those are global, and two networks may live side by side.
    const created = tidy(() => variable(init(shape) as Tensor<R>));
    this.map.set(name, created);
    return created;
  }

  /** Something that is saved but not trained. */
  addBuffer<R extends Rank>(name: string, shape: readonly number[], init: Initializer): Variable<R> {
    const created = tidy(() => variable(init(shape) as Tensor<R>, false));
    this.buffers.set(name, created);
    return created;
  }

  /** A convolution; torch's default initialisation unless `weight` and `bias` say otherwise. */
  conv(
    name: string,
    size: number,
    inputs: number,
    outputs: number,
    init?: { readonly weight: Initializer; readonly bias: Initializer },
  ): ConvParameters {
    const shape = [size, size, inputs, outputs];
    const torch = this.init.torchDefault(shape);
    return {
      weight: this.add(`${name}.weight`, shape, init?.weight ?? torch),
      bias: this.add(`${name}.bias`, [outputs], init?.bias ?? torch),
    };
  }

  conv3x3(
    name: string,
    inputs: number,
    outputs: number,
    init?: { readonly weight: Initializer; readonly bias: Initializer },
  ): ConvParameters {
    return this.conv(name, 3, inputs, outputs, init);
  }

  dispose(): void {
    for (const variables of [this.map, this.buffers])
      for (const created of variables.values()) created.dispose();
  }
}
