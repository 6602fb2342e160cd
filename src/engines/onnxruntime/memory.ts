import * as ort from 'onnxruntime-node';
import type { Dtype } from './node.js';
import type { Port } from './ports.js';

type Values = Float32Array | Int32Array | Uint8Array;

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Memory that several tensors may share; it goes back to its pool when the last of them is released. */
class Block {
  users = 1;
  constructor(
    readonly buffer: ArrayBuffer,
    readonly pool: Pool,
  ) {}
}

/** The values of a tensor in the form onnxruntime reads and writes. */
export class Stored {
  private constructor(
    private readonly whole: ort.Tensor,
    readonly values: Values,
    private readonly block: Block,
  ) {}

  static take(pool: Pool, shape: readonly number[], dtype: Dtype): Stored {
    const size = sizeOf(shape);
    const block = new Block(pool.take(size * arrays[dtype].BYTES_PER_ELEMENT), pool);
    return Stored.#within(block, 0, shape, dtype);
  }

  static #within(block: Block, byteOffset: number, shape: readonly number[], dtype: Dtype): Stored {
    const values = new arrays[dtype](block.buffer, byteOffset, sizeOf(shape));
    return new Stored(new ort.Tensor(dtype, values, shape), values, block);
  }

  /** A contiguous part of these values under another shape: no copy is made. */
  part(offset: number, shape: readonly number[], dtype: Dtype): Stored {
    this.block.users++;
    const { byteOffset, BYTES_PER_ELEMENT } = this.values;
    return Stored.#within(this.block, byteOffset + offset * BYTES_PER_ELEMENT, shape, dtype);
  }

  /** All of it, or a piece of it. */
  tensor({ shape, piece }: Port): ort.Tensor {
    if (!piece) return this.whole;
    const values = this.values.subarray(piece.begin, piece.begin + piece.size);
    return new ort.Tensor(this.whole.type as 'float32', values, shape);
  }

  /** The same once more, to be released on its own. */
  shared(): Stored {
    this.block.users++;
    return new Stored(this.whole, this.values, this.block);
  }

  release(): void {
    if (--this.block.users === 0) this.block.pool.give(this.block.buffer);
  }
}

/**
 * Buffers to be used again. A training step writes the same tensors each time; fresh memory for them would
 * cost the system more time than some of the arithmetic.
 */
export class Pool {
  readonly #free = new Map<number, { buffer: ArrayBuffer; since: number }[]>();
  #age = 0;

  take(bytes: number): ArrayBuffer {
    return this.#free.get(bytes)?.pop()?.buffer ?? new ArrayBuffer(bytes);
  }

  give(buffer: ArrayBuffer): void {
    const list = this.#free.get(buffer.byteLength);
    const entry = { buffer, since: this.#age };
    if (list) list.push(entry);
    else this.#free.set(buffer.byteLength, [entry]);
  }

  /** Called once a run; what was not wanted in the last few of them is left to the garbage collector. */
  age(): void {
    this.#age++;
    for (const [bytes, list] of this.#free) {
      const kept = list.filter(({ since }) => this.#age - since <= MAX_AGE);
      if (kept.length > 0) this.#free.set(bytes, kept);
      else this.#free.delete(bytes);
    }
  }
}

const MAX_AGE = 3;
