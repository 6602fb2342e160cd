import { readFileSync } from 'node:fs';

export interface Npy<T> {
  readonly shape: readonly number[];
  readonly data: T;
}

const types = {
  '<f4': (bytes: ArrayBuffer) => new Float32Array(bytes),
  '<f8': (bytes: ArrayBuffer) => new Float64Array(bytes),
  '|u1': (bytes: ArrayBuffer) => new Uint8Array(bytes),
  '|b1': (bytes: ArrayBuffer) => new Uint8Array(bytes),
  '<i4': (bytes: ArrayBuffer) => new Int32Array(bytes),
};

type NpyArray = Float32Array | Float64Array | Uint8Array | Int32Array;

/** Reads a .npy file in C order: f32, f64, u8, bool, i32. Name the array type you expect. */
export function readNpy<T extends NpyArray = Float32Array>(path: string): Npy<T> {
  const file = readFileSync(path);
  const longHeader = file[6]! > 1;
  const start = longHeader ? 12 : 10;
  const end = start + (longHeader ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.toString('latin1', start, end);
  const descr = /'descr': '([^']+)'/.exec(header)?.[1] as keyof typeof types;
  if (!(descr in types) || /'fortran_order': True/.test(header)) throw new Error(`${path}: ${header}`);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').filter((n) => n.trim());
  const bytes = new Uint8Array(file.subarray(end)).buffer;
  return { shape: shape.map(Number), data: types[descr](bytes) as NpyArray as T };
}
