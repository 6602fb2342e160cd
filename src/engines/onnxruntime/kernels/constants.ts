import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Graph } from '../graph/graph.js';
import { uniformValue } from '../graph/value.js';
import type { Node, Shape } from '../node.js';
import { type Call, defineKernel } from './define.js';

/** One number in every place: a single value in the graph as long as nothing needs more. */
function filled({ backend }: Call, value: number, shape: Shape, dtype: DataType): TensorInfo {
  const operation = {
    key: `Fill ${value}`,
    constant: value,
    lower: (graph: Graph, _: unknown, node: Node) =>
      uniformValue(graph, node.shape, node.dtype, graph.number(value, node.dtype)),
  };
  return backend.record(operation, [], shape, dtype);
}

const fill = defineKernel('Fill', (call) => {
  const { value, shape, dtype } = call.attrs;
  const type = (dtype as DataType) ?? 'float32';
  return filled(call, Number(value), shape as number[], type);
});

const zerosLike = defineKernel('ZerosLike', (call) =>
  filled(call, 0, call.inputs.x!.shape, call.inputs.x!.dtype),
);

const onesLike = defineKernel('OnesLike', (call) =>
  filled(call, 1, call.inputs.x!.shape, call.inputs.x!.dtype),
);

const range = defineKernel('Range', ({ backend, attrs }) => {
  const { start, stop, step, dtype } = attrs as unknown as {
    start: number;
    stop: number;
    step: number;
    dtype: DataType;
  };
  const length = Math.max(0, Math.ceil((stop - start) / step));
  const values = Float32Array.from({ length }, (_, i) => start + i * step);
  return { dataId: backend.write(values, [length], dtype), shape: [length], dtype };
});

export const constants = [fill, zerosLike, onesLike, range];
