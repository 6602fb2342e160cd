import { wasm } from './resample.wasm.js';

/** The exports of assembly/resample.ts; addresses and sizes in bytes unless they say otherwise. */
export interface Kernels {
  vertical(
    source: number,
    stride: number,
    first: number,
    rows: number,
    length: number,
    taps: number,
    tapsStride: number,
    exact: boolean,
    count: number,
    out: number,
    outStride: number,
    work: number,
  ): void;
  horizontal(
    source: number,
    stride: number,
    rows: number,
    width: number,
    channels: number,
    taps: number,
    tapsStride: number,
    exact: boolean,
    outWidth: number,
    out: number,
    outStride: number,
    work: number,
  ): void;
  premultiply(source: number, stride: number, rows: number, width: number, out: number): void;
  unpremultiply(out: number, stride: number, rows: number, width: number): void;
}

let module: WebAssembly.Module | undefined;

/** The kernels in that memory; undefined where SIMD or shared memory are missing, or the memory is not shared. */
export function instantiate(memory: WebAssembly.Memory): Kernels | undefined {
  if (!(memory.buffer instanceof SharedArrayBuffer)) return undefined;
  try {
    module ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
  } catch {
    return undefined;
  }
}
