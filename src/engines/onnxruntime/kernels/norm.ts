import { elementwise } from '../graph/elementwise.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/value.js';
import { defineOperation } from './define.js';

const inputNames = ['x', 'mean', 'variance', 'offset', 'scale'];

/** (x - mean) / sqrt(variance + epsilon) * scale + offset, each of them one number a channel. */
export const batchNorm = ['FusedBatchNorm', 'BatchNormV3'].map((kernelName) =>
  defineOperation(kernelName, inputNames, ([x, mean], attrs, given) => {
    const epsilon = (attrs.varianceEpsilon as number) ?? 0.001;
    const shape = mean!.shape;
    return {
      shape: x!.shape,
      lower: (graph: Graph, values: readonly Value[]) => {
        const [image, means, variances, offset, scale] = inputNames.map(
          (name) => values[given.indexOf(name)],
        );
        const root = (name: string): string =>
          graph.op('Sqrt', [graph.op('Add', [name, graph.number(epsilon)])]);
        const deviation = elementwise(graph, [variances!], shape, 'float32', (name) => root(name!));
        const centred = elementwise(graph, [image!, means!], x!.shape, 'float32', (...names) =>
          graph.op('Sub', names),
        );
        const factor = scale
          ? elementwise(graph, [scale, deviation], shape, 'float32', (...names) => graph.op('Div', names))
          : elementwise(graph, [deviation], shape, 'float32', (name) => graph.op('Reciprocal', [name!]));
        const scaled = elementwise(graph, [centred, factor], x!.shape, 'float32', (...names) =>
          graph.op('Mul', names),
        );
        return offset
          ? elementwise(graph, [scaled, offset], x!.shape, 'float32', (...names) => graph.op('Add', names))
          : scaled;
      },
    };
  }),
);
