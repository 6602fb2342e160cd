import { wasm } from './resample.wasm.js';

/** The exports of assembly/resample.ts; addresses and sizes in bytes unless they say otherwise. */
export interface Kernels {
  pairColumns(
    source: number,
    stride: number,
    rows: number,
    width: number,
    channels: number,
    pairs: number,
  ): void;
  across(
    pairs: number,
    channels: number,
    taps: number,
    tapsStride: number,
    exact: boolean,
    outWidth: number,
    chunk: number,
    strips: number,
    stripBytes: number,
    work: number,
  ): void;
  down(
    strips: number,
    stripBytes: number,
    base: number,
    taps: number,
    tapsStride: number,
    exact: boolean,
    count: number,
    out: number,
    outStride: number,
    length: number,
    work: number,
  ): void;
  slide(strips: number, stripBytes: number, stripCount: number, from: number, count: number): void;
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
