import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import { elementwise } from '../graph/elementwise.js';
import { plain } from '../graph/forms.js';
import { type Graph, MICROSOFT } from '../graph/graph.js';
import type { Value } from '../graph/value.js';
import type { Shape } from '../node.js';
import { broadcast } from './binary.js';
import { activate } from './conv.js';
import { defineOperation } from './define.js';

function shapeOf(a: Shape, b: Shape, { transposeA, transposeB }: NamedAttrMap): number[] {
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  return [...batch, a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!];
}

const swapped = (graph: Graph, name: string, rank: number): string => {
  const axes = Array.from({ length: rank }, (_, i) => i);
  return graph.transpose(name, [...axes.slice(0, -2), rank - 1, rank - 2]);
};

function product(graph: Graph, a: Value, b: Value, attrs: NamedAttrMap, shape: Shape): Value {
  const names = [plain(graph, a), plain(graph, b)];
  const turned = [attrs.transposeA, attrs.transposeB].map((flag) => (flag ? 1 : 0));
  const name =
    graph.target.extensions && turned.some((flag) => flag === 1)
      ? graph.op(
          'FusedMatMul',
          names,
          { transA: { int: turned[0]! }, transB: { int: turned[1]! } },
          MICROSOFT,
        )
      : graph.op('MatMul', [
          turned[0] ? swapped(graph, names[0]!, a.shape.length) : names[0]!,
          turned[1] ? swapped(graph, names[1]!, b.shape.length) : names[1]!,
        ]);
  return graph.plainValue(shape, 'float32', name);
}

const batchMatMul = defineOperation('BatchMatMul', ['a', 'b'], ([a, b], attrs) => ({
  shape: shapeOf(a!.shape, b!.shape, attrs),
  lower: (graph, [x, y], { shape }) => product(graph, x!, y!, attrs, shape),
}));

const names = ['a', 'b', 'bias', 'preluActivationWeights'];

const fusedMatMul = defineOperation('_FusedMatMul', names, (inputs, attrs, given) => {
  return {
    shape: shapeOf(inputs[0]!.shape, inputs[1]!.shape, attrs),
    lower: (graph, values, { shape }) => {
      const [a, b, bias, slopes] = names.map((name) => values[given.indexOf(name)]);
      const result = product(graph, a!, b!, attrs, shape);
      const sum = bias
        ? elementwise(graph, [result, bias], shape, 'float32', (...list) => graph.op('Add', list))
        : result;
      return activate(graph, sum, attrs, slopes);
    },
  };
});

export const matrices = [batchMatMul, fusedMatMul];
