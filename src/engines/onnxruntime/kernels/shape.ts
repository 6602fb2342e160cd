import { type DataType, util } from '@tensorflow/tfjs-core';
import { plain } from '../graph/forms.js';
import type { Graph } from '../graph/graph.js';
import * as move from '../graph/move.js';
import type { Value } from '../graph/value.js';
import type { Shape } from '../node.js';
import { defineKernel, defineOperation } from './define.js';

const reshape = defineKernel('Reshape', ({ backend, inputs, attrs }) => {
  const x = inputs.x!;
  const shape = util.inferFromImplicitShape(attrs.shape as number[], util.sizeFromShape(x.shape));
  return backend.alias(x, shape);
});

const expandDims = defineKernel('ExpandDims', ({ backend, inputs, attrs }) => {
  const { dataId, shape, dtype } = inputs.input!;
  const dim = attrs.dim as number;
  const axis = dim < 0 ? shape.length + dim + 1 : dim;
  return backend.alias({ dataId, shape, dtype }, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
});

const identity = defineKernel('Identity', ({ backend, inputs }) => backend.alias(inputs.x!, inputs.x!.shape));

const onnxType: Readonly<Partial<Record<DataType, number>>> = { float32: 1, int32: 6, bool: 9 };

const cast = defineKernel('Cast', ({ backend, inputs, attrs }) => {
  const x = inputs.x!;
  const dtype = attrs.dtype as DataType;
  if (x.dtype === dtype) return backend.alias(x, x.shape);
  const operation = {
    key: 'Cast',
    lower: (graph: Graph, [value]: readonly Value[]) =>
      castTo(graph, value!, dtype as 'float32' | 'int32' | 'bool'),
  };
  return backend.record(operation, [x], x.shape, dtype);
});

const castTo = (graph: Graph, x: Value, dtype: 'float32' | 'int32' | 'bool'): Value =>
  graph.plainValue(x.shape, dtype, graph.op('Cast', [plain(graph, x)], { to: { int: onnxType[dtype]! } }));

const transpose = defineOperation('Transpose', ['x'], ([x], { perm }) => {
  const order = perm as number[];
  return {
    shape: order.map((axis) => x!.shape[axis]!),
    lower: (graph, [value], { shape, dtype }) =>
      graph.plainValue(shape, dtype, graph.transpose(plain(graph, value!), order)),
  };
});

const tile = defineOperation('Tile', ['x'], ([x], { reps }) => ({
  shape: x!.shape.map((size, i) => size * (reps as number[])[i]!),
  lower: (graph, [value], { shape, dtype }) =>
    graph.plainValue(shape, dtype, graph.op('Tile', [plain(graph, value!), graph.ints(reps as number[])])),
}));

const reverse = defineOperation('Reverse', ['x'], ([x], { dims }) => ({
  shape: x!.shape,
  lower: (graph, [value], { shape, dtype }) => {
    const axes = util.parseAxisParam(dims as number[], [...shape]);
    if (axes.length === 0 || shape.length === 0) return value!;
    const list = (n: number): string => graph.ints(axes.map(() => n));
    const inputs = [plain(graph, value!), list(-1), list(-(2 ** 31)), graph.ints(axes), list(-1)];
    return graph.plainValue(shape, dtype, graph.op('Slice', inputs));
  },
}));

const padKernel = defineOperation('PadV2', ['x'], ([x], { paddings, constantValue }) => {
  const amounts = paddings as [number, number][];
  return {
    shape: x!.shape.map((size, i) => amounts[i]![0] + size + amounts[i]![1]),
    lower: (graph, [value], { shape, dtype }) =>
      move.pad(
        graph,
        value!,
        amounts,
        shape,
        'constant',
        graph.number((constantValue as number) ?? 0, dtype),
      ),
  };
});

const mirrorPad = defineOperation('MirrorPad', ['x'], ([x], { paddings, mode }) => {
  const amounts = paddings as [number, number][];
  return {
    shape: x!.shape.map((size, i) => amounts[i]![0] + size + amounts[i]![1]),
    lower: (graph, [value], { shape }) =>
      mode === 'reflect'
        ? move.pad(graph, value!, amounts, shape, 'reflect')
        : symmetric(graph, value!, amounts, shape),
  };
});

/** Mirrored with the border itself repeated, which ONNX has no mode for. */
function symmetric(graph: Graph, x: Value, amounts: readonly [number, number][], shape: Shape): Value {
  const name = amounts.reduce(
    (array, [before, after], axis) => {
      if (before + after === 0) return array;
      const size = x.shape[axis]!;
      const indices = Array.from({ length: before + size + after }, (_, i) => {
        const at = i - before;
        return at < 0 ? -1 - at : at >= size ? 2 * size - 1 - at : at;
      });
      return graph.op('Gather', [array, graph.ints(indices)], { axis: { int: axis } });
    },
    plain(graph, x),
  );
  return graph.plainValue(shape, x.dtype, name);
}

/** The same values in other shapes, types and places. */
export const shapes = [reshape, expandDims, identity, cast, transpose, tile, reverse, padKernel, mirrorPad];
