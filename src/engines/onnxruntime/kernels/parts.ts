import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { plain } from '../graph/forms.js';
import type { Graph } from '../graph/graph.js';
import * as move from '../graph/move.js';
import type { Value } from '../graph/value.js';
import { sizeOf } from '../memory.js';
import type { Shape } from '../node.js';
import { type Call, defineKernel, defineOperation } from './define.js';

/** Inputs that tfjs numbers rather than names. */
const listed = ({ inputs }: Call): TensorInfo[] => Object.values(inputs);

function concat({ backend }: Call, parts: readonly TensorInfo[], axis: number): TensorInfo {
  const filled = parts.filter(({ shape }) => sizeOf(shape) > 0);
  const shape = backend_util.computeOutShape(
    parts.map((part) => part.shape),
    axis,
  );
  const used = filled.length > 0 ? filled : parts;
  const operation = {
    key: `Concat ${axis}`,
    joins: axis === 0,
    lower: (graph: Graph, values: readonly Value[]) => move.concat(graph, values, axis, shape),
  };
  return backend.record(operation, used, shape, parts[0]!.dtype);
}

/** Where a part begins in the row-major order of the whole, if it is in one piece there. */
function viewOf(whole: Shape, begin: Shape, size: Shape): number | undefined {
  const first = size.findIndex((count) => count !== 1);
  const rest = first < 0 ? whole.length : first + 1;
  for (let axis = rest; axis < whole.length; axis++) if (size[axis] !== whole[axis]) return undefined;
  return begin.reduce((offset, start, axis) => offset * whole[axis]! + start, 0);
}

function cut({ backend }: Call, x: TensorInfo, begin: Shape, size: Shape): TensorInfo {
  if (size.every((count, axis) => count === x.shape[axis])) return backend.alias(x, x.shape);
  const operation = {
    key: `Slice ${begin}`,
    view: viewOf(x.shape, begin, size),
    lower: (graph: Graph, [value]: readonly Value[]) => move.slice(graph, value!, begin, size),
  };
  return backend.record(operation, [x], size, x.dtype);
}

/** The part of that index along an axis. */
function partsOf(call: Call, x: TensorInfo, axis: number, sizes: readonly number[]): TensorInfo[] {
  let start = 0;
  return sizes.map((count) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    start += count;
    return cut(
      call,
      x,
      begin,
      x.shape.map((size, i) => (i === axis ? count : size)),
    );
  });
}

/** Drops a result that only led to another. */
function through(call: Call, info: TensorInfo, next: (info: TensorInfo) => TensorInfo): TensorInfo {
  const result = next(info);
  call.backend.disposeData(info.dataId);
  return result;
}

const unpack = defineKernel('Unpack', (call) => {
  const value = call.inputs.value!;
  const axis = util.parseAxisParam(call.attrs.axis as number, value.shape)[0]!;
  const shape = value.shape.filter((_, i) => i !== axis);
  const ones = Array<number>(value.shape[axis]!).fill(1);
  return partsOf(call, value, axis, ones).map((part) =>
    through(call, part, (info) => call.backend.alias(info, shape)),
  );
});

const pack = defineKernel('Pack', (call) => {
  const parts = listed(call);
  const axis = call.attrs.axis as number;
  const widened = parts.map((part) => ({
    ...part,
    shape: [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)],
  }));
  return concat(call, widened, axis);
});

const stridedSlice = defineKernel('StridedSlice', (call) => {
  const x = call.inputs.x!;
  const a = call.attrs as Record<string, number & number[]>;
  const info = slice_util.sliceInfo(
    x.shape,
    a.begin!,
    a.end!,
    a.strides!,
    a.beginMask!,
    a.endMask!,
    a.ellipsisMask!,
    a.newAxisMask!,
    a.shrinkAxisMask!,
  );
  const { finalShape, begin, end, strides, isIdentity } = info;
  if (isIdentity) return call.backend.alias(x, finalShape);
  const shape = slice_util.computeOutShape(begin, end, strides);
  const operation = {
    key: `StridedSlice ${begin} ${end} ${strides}`,
    lower: (graph: Graph, [value]: readonly Value[]) => {
      // Backwards up to the very beginning: ONNX would count -1 from the end.
      const ends = end.map((stop, i) => (strides[i]! < 0 && stop < 0 ? -(2 ** 31) : stop));
      const lists = [begin, ends, begin.map((_, i) => i), strides].map((list) => graph.ints(list));
      return graph.plainValue(shape, value!.dtype, graph.op('Slice', [plain(graph, value!), ...lists]));
    },
  };
  const result = call.backend.record(operation, [x], shape, x.dtype);
  return through(call, result, (part) => call.backend.alias(part, finalShape));
});

const sliceKernel = defineKernel('Slice', (call) => {
  const { begin, size } = call.attrs as Record<string, number[]>;
  const [start, count] = slice_util.parseSliceParams(call.inputs.x!, begin!, size!);
  return cut(call, call.inputs.x!, start!, count!);
});

const split = defineKernel('SplitV', (call) => {
  const x = call.inputs.x!;
  const axis = util.parseAxisParam(call.attrs.axis as number, x.shape)[0]!;
  const sizes = backend_util.prepareSplitSize(
    x as Parameters<typeof backend_util.prepareSplitSize>[0],
    call.attrs.numOrSizeSplits as number | number[],
    axis,
  );
  return partsOf(call, x, axis, sizes);
});

const concatKernel = defineKernel('Concat', (call) => {
  const parts = listed(call);
  return concat(call, parts, util.parseAxisParam(call.attrs.axis as number, parts[0]!.shape)[0]!);
});

const gather = defineOperation('GatherV2', ['x', 'indices'], ([x, indices], { axis, batchDims }) => {
  const at = util.parseAxisParam(axis as number, x!.shape)[0]!;
  if (batchDims) throw new Error('GatherV2 with batchDims is not implemented by the onnxruntime engine.');
  return {
    shape: [...x!.shape.slice(0, at), ...indices!.shape, ...x!.shape.slice(at + 1)],
    lower: (graph, [value, index], { shape, dtype }) =>
      graph.plainValue(
        shape,
        dtype,
        graph.op('Gather', [plain(graph, value!), plain(graph, index!)], { axis: { int: at } }),
      ),
  };
});

/** Tensors cut into parts, and put together of them. */
export const parts = [unpack, pack, stridedSlice, sliceKernel, split, concatKernel, gather];
