import { type KernelConfig, util } from '@tensorflow/tfjs-core';
import { blocked, inForm, nchw, plain } from '../graph/forms.js';
import type { Graph } from '../graph/graph.js';
import { ROWS } from '../graph/phases.js';
import { sumOfPieces } from '../graph/pieces.js';
import { commonForm, type Value } from '../graph/value.js';
import { sizeOf } from '../memory.js';
import type { Dtype, Shape } from '../node.js';
import { defineOperation } from './define.js';

type Axes = readonly number[];

/** Reduces axes of one array. */
type Write = (name: string, axes: Axes) => string;

const NCHW_AXES = [0, 2, 3, 1];

/**
 * Reduces an image batch without leaving the form it has, where what remains is in the same order there.
 * Only for operations that may be done in parts, such as sums.
 */
function reduceInForm(graph: Graph, x: Value, axes: Axes, adds: boolean, write: Write): string {
  const form = x.shape.length === 4 ? commonForm([x]) : 'plain';
  if (axes.length === x.shape.length) {
    if (adds && x.more.pieces) return sumOfPieces(graph, x);
    // In two stages, since a long row of additions loses digits; and the first can be shared by threads.
    const size = sizeOf(x.shape);
    const rows = write(graph.reshape(inForm(graph, x, form), [divisor(size), size / divisor(size)]), [1]);
    return write(rows, [0]);
  }
  const withoutPixels = axes.includes(1) && axes.includes(2) && !axes.includes(3);
  if (form === 'blocked' && withoutPixels) {
    const [n, h, w, c] = x.shape as [number, number, number, number];
    const block = graph.target.block!;
    // Zeros more or less make no difference to a sum.
    if (adds && axes.includes(0) && x.forms.phases)
      return write(
        write(graph.reshape(x.forms.phases, [ROWS + 1, c / block, (n * h * w) / ROWS, block]), [2]),
        [0],
      );
    const rows = write(graph.reshape(blocked(graph, x), [n, c / block, h * w, block]), [2]);
    return axes.includes(0) ? write(rows, [0]) : rows;
  }
  const remaining = x.shape.length - axes.length;
  if (form !== 'plain' && (axes.includes(3) || remaining === 1 || (withoutPixels && remaining === 2)))
    return write(
      nchw(graph, x),
      axes.map((axis) => NCHW_AXES[axis]!),
    );
  return write(plain(graph, x), axes);
}

/** The largest divisor up to the square root. */
function divisor(size: number): number {
  let found = Math.floor(Math.sqrt(size));
  while (size % found !== 0) found--;
  return found;
}

function reduced(
  graph: Graph,
  type: string,
  x: Value,
  axes: Axes,
  shape: Shape,
  dtype: Dtype = x.dtype,
): Value {
  const write: Write = (name, list) => {
    const sorted = [...list].sort((a, b) => a - b);
    return graph.op(type, [name, graph.ints(sorted)], { keepdims: { int: 0 } });
  };
  const result =
    axes.length === 0 ? plain(graph, x) : reduceInForm(graph, x, axes, type === 'ReduceSum', write);
  return graph.plainValue(shape, dtype, graph.reshape(result, shape));
}

export const sum = (graph: Graph, x: Value, axes: Axes, shape: Shape): Value =>
  reduced(graph, 'ReduceSum', x, axes, shape);

function shapes(shape: Shape, axis: unknown, keepDims: unknown): { axes: number[]; shape: number[] } {
  const axes = util.parseAxisParam(axis as number | number[], [...shape]);
  const rest = shape.flatMap((size, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [size]));
  return { axes, shape: rest };
}

function reduction(kernelName: string, type: string): KernelConfig {
  return defineOperation(kernelName, ['x'], ([x], { axis, reductionIndices, keepDims }) => {
    const { axes, shape } = shapes(x!.shape, axis ?? reductionIndices, keepDims);
    // tfjs adds up truth values as integers.
    const counted = kernelName === 'Sum' && x!.dtype === 'bool';
    return {
      shape,
      dtype: counted ? 'int32' : x!.dtype,
      lower: (graph, [value], node) =>
        reduced(graph, type, counted ? toInt(graph, value!) : value!, axes, node.shape),
    };
  });
}

function toInt(graph: Graph, x: Value): Value {
  const name = graph.op('Cast', [plain(graph, x)], { to: { int: 6 } });
  return graph.plainValue(x.shape, 'int32', name);
}

/** onnxruntime reduces numbers only. */
function truths(kernelName: string, type: string): KernelConfig {
  return defineOperation(kernelName, ['x'], ([x], { axis, keepDims }) => {
    const { axes, shape } = shapes(x!.shape, axis, keepDims);
    return {
      shape,
      dtype: 'bool',
      lower: (graph, [value], node) => {
        const result = reduced(graph, type, toInt(graph, value!), axes, node.shape);
        return graph.plainValue(
          node.shape,
          'bool',
          graph.op('Cast', [plain(graph, result)], { to: { int: 9 } }),
        );
      },
    };
  });
}

function position(kernelName: string): KernelConfig {
  return defineOperation(kernelName, ['x'], ([x], { axis }) => {
    const { axes, shape } = shapes(x!.shape, axis, false);
    return {
      shape,
      dtype: 'int32',
      lower: (graph, [value], node) => {
        const found = graph.op(kernelName, [plain(graph, value!)], {
          axis: { int: axes[0]! },
          keepdims: { int: 0 },
        });
        return graph.plainValue(node.shape, 'int32', graph.op('Cast', [found], { to: { int: 6 } }));
      },
    };
  });
}

const cumsum = defineOperation('Cumsum', ['x'], ([x], { axis, exclusive, reverse }) => ({
  shape: x!.shape,
  lower: (graph, [value], node) =>
    graph.plainValue(
      node.shape,
      node.dtype,
      graph.op('CumSum', [plain(graph, value!), graph.ints([axis as number])], {
        exclusive: { int: exclusive ? 1 : 0 },
        reverse: { int: reverse ? 1 : 0 },
      }),
    ),
}));

export const reductions = [
  reduction('Sum', 'ReduceSum'),
  reduction('Mean', 'ReduceMean'),
  reduction('Max', 'ReduceMax'),
  reduction('Min', 'ReduceMin'),
  reduction('Prod', 'ReduceProd'),
  truths('All', 'ReduceMin'),
  truths('Any', 'ReduceMax'),
  position('ArgMax'),
  position('ArgMin'),
  cumsum,
];
