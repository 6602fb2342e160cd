import { wasm } from './unfilter.wasm.js';

/**
 * Turns what inflate gave for an RGB PNG of 8 bits into its pixels, in place. `raw` and `out` are addresses in the
 * memory; rows of `raw` are a filter's number and `length` bytes. `raw` lies at least `rows + length` bytes behind
 * `out`, and 4 bytes more follow its end. Returns the row whose filter does not exist, or -1.
 */
export type Unfilter = (raw: number, out: number, length: number, rows: number) => number;

let module: WebAssembly.Module | undefined;

/** The kernel for that memory; undefined where SIMD or shared memory are missing, or the memory is not shared. */
export function createUnfilter(memory: WebAssembly.Memory): Unfilter | undefined {
  if (!(memory.buffer instanceof SharedArrayBuffer)) return undefined;
  try {
    module ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return exports.unfilter as Unfilter;
  } catch {
    return undefined;
  }
}

/** Bytes between the place of the picture and that of the filtered rows, and after them. */
export const unfilterRoom = (length: number, rows: number): { gap: number; bytes: number } => {
  const gap = rows + length;
  return { gap, bytes: gap + rows * (length + 1) + 4 };
};
