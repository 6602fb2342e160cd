import { dtypes } from './dtypes.js';
import type { Fail } from './failure.js';
import { type PickleValue, Storage, UnpickledTensor } from './pickle/values.js';

/** Gives the bytes of a storage. */
export type StorageBytes = (storage: Storage) => Uint8Array<ArrayBuffer>;

/** Repeating views (stride 0) may make that many more values out of a file than it has bytes. */
const SLACK = 1 << 24;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const areCounts = (value: PickleValue | undefined): value is number[] =>
  Array.isArray(value) && value.every(isCount);

/** Makes tensors out of storages, each of which is read once. */
export class Storages {
  readonly #loaded = new Map<string, Float32Array | Float64Array>();
  readonly #bytes: StorageBytes;
  readonly #fail: Fail;
  #budget: number;

  constructor(fileSize: number, bytes: StorageBytes, fail: Fail) {
    this.#bytes = bytes;
    this.#fail = fail;
    this.#budget = 4 * fileSize + SLACK;
  }

  /** The arguments of `torch._utils._rebuild_tensor_v2`: storage, offset, shape, strides, and more. */
  tensor(args: readonly PickleValue[]): UnpickledTensor {
    const [storage, offset, shape, strides] = args;
    if (!(storage instanceof Storage) || !isCount(offset) || !areCounts(shape) || !areCounts(strides))
      return this.#fail('a tensor in it is not described as torch does');
    if (shape.length !== strides.length) return this.#fail('a tensor in it has more dimensions than strides');
    const size = shape.reduce((a, b) => a * b, 1);
    this.#budget -= size;
    if (!(this.#budget >= 0)) return this.#fail(`a tensor of shape [${shape}] does not come out of it`);
    const values = this.#load(storage);
    const last = shape.reduce((sum, length, i) => sum + (length - 1) * strides[i]!, offset);
    if (size > 0 && !(last < values.length))
      return this.#fail(`a tensor of shape [${shape}] reaches beyond its ${values.length} values`);
    return new UnpickledTensor(storage.dtype, [...shape], gather(values, offset, shape, strides, size));
  }

  #load(storage: Storage): Float32Array | Float64Array {
    const known = this.#loaded.get(storage.key);
    if (known) return known;
    const type = dtypes[storage.dtype]!;
    const bytes = this.#bytes(storage);
    if (bytes.length !== storage.length * type.width)
      return this.#fail(`the ${storage.length} values of ${storage.key} take ${bytes.length} bytes`);
    const values = type.decode(bytes.buffer);
    this.#loaded.set(storage.key, values);
    return values;
  }
}

function gather<T extends Float32Array | Float64Array>(
  values: T,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  size: number,
): T {
  if (size === 0) return values.slice(0, 0) as T;
  if (isContiguous(shape, strides)) {
    const whole = offset === 0 && size === values.length;
    return (whole ? values : values.slice(offset, offset + size)) as T;
  }
  const out = values.slice(0, 0) instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < size; i++) {
    out[i] = values[at]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      at -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return out as T;
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}
