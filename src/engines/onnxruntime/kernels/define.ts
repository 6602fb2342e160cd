import type { DataType, KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.js';
import type { Operation, Shape } from '../node.js';

export const ENGINE = 'onnxruntime';

/** What tfjs calls a kernel with. */
export interface Call {
  readonly backend: OnnxBackend;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: NamedAttrMap;
}

export function defineKernel(
  kernelName: string,
  kernel: (call: Call) => TensorInfo | TensorInfo[],
): KernelConfig {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) =>
    kernel({
      backend: backend as OnnxBackend,
      inputs: inputs as Record<string, TensorInfo>,
      attrs: attrs ?? {},
    });
  return { kernelName, backendName: ENGINE, kernelFunc };
}

/** What a kernel makes of inputs of given shapes. */
export interface Result {
  readonly shape: Shape;
  /** The type of the first input without it. */
  readonly dtype?: DataType;
  readonly lower: Operation['lower'];
  readonly view?: number | undefined;
}

/**
 * A kernel with one output. Attributes must be plain data: their JSON tells one operation from another.
 * @param names of the inputs, in the order in which `make` and the operation get them; missing ones are left out of
 * both, and of `given`
 */
export function defineOperation(
  kernelName: string,
  names: readonly string[],
  make: (inputs: readonly TensorInfo[], attrs: NamedAttrMap, given: readonly string[]) => Result,
): KernelConfig {
  return defineKernel(kernelName, ({ backend, inputs, attrs }) => {
    const given = names.filter((name) => inputs[name]);
    const infos = given.map((name) => inputs[name]!);
    const { shape, dtype, lower, view } = make(infos, attrs, given);
    const key = `${kernelName} ${given.length < names.length ? given : ''} ${JSON.stringify(attrs)}`;
    return backend.record({ key, lower, view }, infos, shape, dtype ?? infos[0]!.dtype);
  });
}
