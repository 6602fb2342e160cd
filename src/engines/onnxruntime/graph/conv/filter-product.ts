import { nchw } from '../forms.js';
import { type Graph, MICROSOFT } from '../graph.js';
import type { Value } from '../value.js';

/** [n, c, pixels] */
export const pixels = (graph: Graph, x: Value): string => {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return graph.reshape(nchw(graph, x), [n, c, h * w]);
};

/** [n, a, p] and [n, b, p] -> the sum over n of [a, b] */
export function correlate(graph: Graph, a: string, b: string, batch: number): string {
  const product = graph.target.extensions
    ? graph.op('FusedMatMul', [a, b], { transB: { int: 1 } }, MICROSOFT)
    : graph.op('MatMul', [a, graph.transpose(b, [0, 2, 1])]);
  // The batch is summed where all columns are together, see `columns`.
  return batch === 1 ? product : graph.op('ReduceSum', [product, graph.ints([0])], { keepdims: { int: 1 } });
}
