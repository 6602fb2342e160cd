import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel } from '@tensorflow/tfjs-core';

export type Inputs = Readonly<Record<string, TensorInfo>>;

/** Computes one output from inputs that live on the WebAssembly heap. */
export type Kernel = (backend: BackendWasm, inputs: Inputs, attributes: NamedAttrMap) => TensorInfo;

export function defineKernel(kernelName: string, kernel: Kernel): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => kernel(backend as BackendWasm, inputs as Inputs, attrs ?? {}),
  };
}

/**
 * A kernel for the cases it is quick at: where `quick` declines, tfjs' own kernel of that name does the work.
 */
export function defineQuickKernel(
  kernelName: string,
  quick: (...args: Parameters<Kernel>) => TensorInfo | undefined,
): KernelConfig {
  const original = getKernel(kernelName, 'wasm');
  return {
    ...original,
    kernelFunc: (args) =>
      quick(args.backend as BackendWasm, args.inputs as Inputs, args.attrs ?? {}) ??
      original.kernelFunc(args),
  };
}

/** tfjs' own kernel of that name with other attributes. */
export function defineTunedKernel(
  kernelName: string,
  tune: (...args: Parameters<Kernel>) => NamedAttrMap,
): KernelConfig {
  const original = getKernel(kernelName, 'wasm');
  return {
    ...original,
    kernelFunc: (args) => {
      const attrs = tune(args.backend as BackendWasm, args.inputs as Inputs, args.attrs ?? {});
      return original.kernelFunc({ ...args, attrs });
    },
  };
}

/** Runs a kernel of the backend from within another one. */
export function run(name: string, backend: BackendWasm, inputs: Inputs, attrs: NamedAttrMap): TensorInfo {
  return getKernel(name, 'wasm').kernelFunc({ inputs, backend, attrs }) as TensorInfo;
}

/** The values of a float32 tensor on the heap. Taking memory may move the heap: make all outputs first. */
export const floats = (backend: BackendWasm, info: TensorInfo): Float32Array =>
  backend.typedArrayFromHeap(info) as Float32Array;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
