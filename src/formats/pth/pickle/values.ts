/** A tensor as torch stored it, row-major. */
export interface TorchTensor {
  /** The type in the file, as torch names it: `float32`, `bfloat16`, `int64` ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** float16, bfloat16 and float32 as float32; float64, integers (exact up to 2^53) and booleans as float64. */
  readonly data: Float32Array | Float64Array;
}

/** A name in a Python module that a pickle refers to. It is never looked up, only compared with a list. */
export class PythonGlobal {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  toString(): string {
    return `${this.module}.${this.name}`;
  }
}

/** Python's tensors and parameters are told from other objects by this class. */
export class UnpickledTensor implements TorchTensor {
  constructor(
    readonly dtype: string,
    readonly shape: readonly number[],
    readonly data: Float32Array | Float64Array,
  ) {}
}

/** A storage named by a persistent id: the bytes that tensors are views of. */
export class Storage {
  constructor(
    readonly dtype: string,
    readonly key: string,
    /** In elements. */
    readonly length: number,
  ) {}
}

/** What may come out of a pickle: lists and tuples are arrays, dicts of any kind are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Set<PickleValue>
  | Map<PickleValue, PickleValue>
  | PythonGlobal
  | Storage
  | UnpickledTensor;
