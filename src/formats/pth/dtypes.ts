import { bfloat16ToFloat32, halfToNumber } from '../floats.js';

type Values = Float32Array | Float64Array;

interface DType {
  /** Bytes a value takes. */
  readonly width: number;
  readonly decode: (buffer: ArrayBuffer) => Values;
}

const wide = (values: ArrayLike<number>): Float64Array => Float64Array.from(values);

/** torch's types by name. Little-endian. */
export const dtypes: Readonly<Record<string, DType>> = {
  float32: { width: 4, decode: (b) => new Float32Array(b) },
  float64: { width: 8, decode: (b) => new Float64Array(b) },
  float16: { width: 2, decode: (b) => Float32Array.from(new Uint16Array(b), halfToNumber) },
  bfloat16: { width: 2, decode: (b) => bfloat16ToFloat32(new Uint16Array(b)) },
  int64: { width: 8, decode: (b) => Float64Array.from(new BigInt64Array(b), Number) },
  int32: { width: 4, decode: (b) => wide(new Int32Array(b)) },
  int16: { width: 2, decode: (b) => wide(new Int16Array(b)) },
  int8: { width: 1, decode: (b) => wide(new Int8Array(b)) },
  uint8: { width: 1, decode: (b) => wide(new Uint8Array(b)) },
  bool: { width: 1, decode: (b) => wide(new Uint8Array(b)) },
};

/** The classes of torch that stand for storages of a type. */
export const storageTypes: ReadonlyMap<string, string> = new Map([
  ['FloatStorage', 'float32'],
  ['DoubleStorage', 'float64'],
  ['HalfStorage', 'float16'],
  ['BFloat16Storage', 'bfloat16'],
  ['LongStorage', 'int64'],
  ['IntStorage', 'int32'],
  ['ShortStorage', 'int16'],
  ['CharStorage', 'int8'],
  ['ByteStorage', 'uint8'],
  ['BoolStorage', 'bool'],
  ['UntypedStorage', 'uint8'],
]);
