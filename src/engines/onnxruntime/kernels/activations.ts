import { clipped } from '../graph/clipped.js';
import { elementwise } from '../graph/elementwise.js';
import type { Graph } from '../graph/graph.js';
import { prelu, preluGradient } from '../graph/prelu.js';
import type { Value } from '../graph/value.js';
import { defineOperation } from './define.js';
import { sum } from './reduce.js';
import { step } from './unary.js';

const LARGE = 1e38;

export function leakyRelu(graph: Graph, x: Value, slope: number): Value {
  return (
    x.more.withLeakyRelu?.(slope) ??
    elementwise(
      graph,
      [x],
      x.shape,
      'float32',
      (name) => graph.op('LeakyRelu', [name], { alpha: { float: slope } }),
      'of same',
    )
  );
}

const leaky = defineOperation('LeakyRelu', ['x'], ([x], { alpha }) => ({
  shape: x!.shape,
  lower: (graph, [value]) => leakyRelu(graph, value!, alpha as number),
}));

/** (dy, x) -> dy where x > 0, alpha * dy elsewhere. */
const leakyGrad = defineOperation('LeakyReluGrad', ['dy', 'x'], ([dy], { alpha }) => ({
  shape: dy!.shape,
  lower: (graph, [gradient, x], { shape }) => {
    const slopes = clipped(graph, x!, LARGE, alpha as number, 1);
    const write = (...names: string[]): string => graph.op('Mul', names);
    return elementwise(graph, [gradient!, slopes], shape, 'float32', write, 'of same');
  },
}));

const preluKernel = defineOperation('Prelu', ['x', 'alpha'], ([x]) => ({
  shape: x!.shape,
  lower: (graph, [value, slopes]) => prelu(graph, value!, slopes!),
}));

/** (dy, x, alpha) -> dy where x > 0, alpha * dy elsewhere. */
const preluGrad = defineOperation('PreluGrad', ['dy', 'x', 'alpha'], ([dy]) => ({
  shape: dy!.shape,
  lower: (graph, [gradient, x, slopes]) => preluGradient(graph, gradient!, x!, slopes!),
}));

/** (dy, x) -> for each channel, the sum of dy * min(x, 0). */
const preluSlopeGrad = defineOperation('PreluSlopeGrad', ['dy', 'x'], ([dy]) => ({
  shape: [dy!.shape.at(-1)!],
  lower: (graph, [gradient, x], { shape }) => {
    const products = elementwise(
      graph,
      [gradient!, x!],
      x!.shape,
      'float32',
      (d, name) => graph.op('Mul', [d!, graph.op('Min', [name!, graph.number(0)])]),
      'of same',
    );
    return sum(graph, products, x!.shape.map((_, axis) => axis).slice(0, -1), shape);
  },
}));

/** (dy, y) -> dy * (y + 1) where y < 0, dy elsewhere. */
const eluGrad = defineOperation('EluGrad', ['dy', 'y'], ([dy]) => ({
  shape: dy!.shape,
  lower: (graph, [gradient, y], { shape }) =>
    elementwise(graph, [gradient!, y!], shape, 'float32', (d, name) => {
      const negative = graph.op('Min', [name!, graph.number(0)]);
      return graph.op('Mul', [d!, graph.op('Add', [negative, graph.number(1)])]);
    }),
}));

/** (dy, x) -> dy where x > 0. */
const reluGrad = defineOperation('ReluGrad', ['dy', 'x'], ([dy], attrs) => ({
  shape: dy!.shape,
  lower: (graph, [gradient, x], { shape, dtype }) =>
    elementwise(graph, [gradient!, x!], shape, dtype, (d, name) =>
      graph.op('Mul', [d!, step(graph, name!, attrs, dtype)]),
    ),
}));

export const activations = [leaky, leakyGrad, preluKernel, preluGrad, preluSlopeGrad, eluGrad, reluGrad];
