import { bfloat16ToFloat32, halfToNumber } from '../floats.js';

/** Bytes a value takes, for every type of the format. */
export const widths = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type DType = keyof typeof widths;

export const isDType = (value: unknown): value is DType =>
  typeof value === 'string' && Object.hasOwn(widths, value);

/** Turns little-endian bytes of a floating-point type into float32; undefined for any other type. */
export function toFloat32(dtype: DType, bytes: Uint8Array): Float32Array | undefined {
  // A copy of its own, so that it is aligned and does not keep the whole file in memory.
  const { buffer } = new Uint8Array(bytes);
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case 'BF16':
      return bfloat16ToFloat32(new Uint16Array(buffer));
    default:
      return undefined;
  }
}
