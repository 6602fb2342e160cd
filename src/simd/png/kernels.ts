import { wasm as deflate } from '../deflate.wasm.js';
import { wasm as filter } from '../png.wasm.js';
import { plainKernels } from './plain.js';

/** The exports of assembly/png.ts; addresses and sizes in bytes. */
export interface FilterKernels {
  filter(
    source: number,
    pitch: number,
    rows: number,
    length: number,
    channels: number,
    out: number,
    work: number,
  ): void;
  adler32(from: number, length: number, start: number): number;
}

/** The exports of assembly/deflate.ts. */
export interface DeflateKernel {
  deflate(from: number, length: number, first: boolean, last: boolean, to: number, work: number): number;
  workBytes(): number;
}

export type PngKernels = FilterKernels & DeflateKernel;

const modules = new Map<string, WebAssembly.Module>();

function instantiate(wasm: string, memory: WebAssembly.Memory): unknown {
  const module = modules.get(wasm) ?? new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  modules.set(wasm, module);
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** The kernels in that memory; without SIMD (or where it is not wanted), the same bytes more slowly. */
export function pngKernels(memory: WebAssembly.Memory, simd = true): PngKernels {
  const plain = instantiate(deflate, memory) as DeflateKernel;
  return { ...plain, ...filterKernels(memory, simd) };
}

function filterKernels(memory: WebAssembly.Memory, simd: boolean): FilterKernels {
  try {
    if (simd) return { ...(instantiate(filter, memory) as FilterKernels) };
  } catch {
    // No SIMD on this machine.
  }
  return plainKernels(memory);
}
