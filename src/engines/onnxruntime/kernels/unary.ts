import type { DataType, KernelConfig, NamedAttrMap } from '@tensorflow/tfjs-core';
import { elementwise } from '../graph/elementwise.js';
import type { Graph } from '../graph/graph.js';
import type { Dtype } from '../node.js';
import { defineOperation } from './define.js';

type Write = (graph: Graph, x: string, attrs: NamedAttrMap, dtype: Dtype) => string;

function unary(kernelName: string, write: Write, dtype?: DataType): KernelConfig {
  return defineOperation(kernelName, ['x'], ([x], attrs) => ({
    shape: x!.shape,
    dtype,
    lower: (graph, [value], node) =>
      elementwise(graph, [value!], node.shape, node.dtype, (name) => write(graph, name, attrs, value!.dtype)),
  }));
}

const direct = (kernelName: string, type = kernelName): KernelConfig =>
  unary(kernelName, (graph, x) => graph.op(type, [x]));

/** 0 up to 0, 1 above, without a branch: anything positive times this is more than 1. */
const LARGE = 1e38;

export const step: Write = (graph, x) =>
  graph.op('Clip', [graph.op('Mul', [x, graph.number(LARGE)]), graph.number(0), graph.number(1)]);

/** log(1 + x) without losing the digits of a small x. */
const log1p: Write = (graph, x) => {
  const one = graph.number(1);
  const u = graph.op('Add', [x, one]);
  const quotient = graph.op('Div', [x, graph.op('Sub', [u, one])]);
  return graph.op('Where', [
    graph.op('Equal', [u, one]),
    x,
    graph.op('Mul', [graph.op('Log', [u]), quotient]),
  ]);
};

/** exp(x) - 1 without losing the digits of a small x; its extremes have no quotient to correct them. */
const expm1: Write = (graph, x) => {
  const one = graph.number(1);
  const u = graph.op('Exp', [x]);
  const minusOne = graph.op('Sub', [u, one]);
  const exact = graph.op('Mul', [minusOne, graph.op('Div', [x, graph.op('Log', [u])])]);
  const small = graph.op('Less', [graph.op('Abs', [x]), graph.number(0.5)]);
  const corrected = graph.op('Where', [graph.op('Equal', [u, one]), x, exact]);
  return graph.op('Where', [small, corrected, minusOne]);
};

/** A number less itself is 0 unless it is infinite or not a number. */
const finite: Write = (graph, x) => graph.op('Equal', [graph.op('Sub', [x, x]), graph.number(0)]);

/** max(x, 0) + log(1 + exp(-|x|)): never overflows. */
const softplus: Write = (graph, x, attrs, dtype) => {
  const decay = graph.op('Exp', [graph.op('Neg', [graph.op('Abs', [x])])]);
  return graph.op('Add', [graph.op('Max', [x, graph.number(0)]), log1p(graph, decay, attrs, dtype)]);
};

export const unaries = [
  ...['Neg', 'Abs', 'Sqrt', 'Exp', 'Log', 'Sigmoid', 'Tanh', 'Floor', 'Ceil', 'Round', 'Reciprocal'].map(
    (name) => direct(name),
  ),
  ...['Sin', 'Cos', 'Erf', 'Elu', 'Relu'].map((name) => direct(name)),
  unary('Sign', (graph, x, _, dtype) =>
    dtype === 'float32'
      ? graph.op('Clip', [graph.op('Mul', [x, graph.number(LARGE)]), graph.number(-1), graph.number(1)])
      : graph.op('Sign', [x]),
  ),
  unary('Square', (graph, x) => graph.op('Mul', [x, x])),
  unary('Rsqrt', (graph, x) => graph.op('Reciprocal', [graph.op('Sqrt', [x])])),
  unary('Log1p', log1p),
  unary('Expm1', expm1),
  unary('Softplus', softplus),
  unary('Step', (graph, x, { alpha }) =>
    graph.op('Where', [
      graph.op('Greater', [x, graph.number(0)]),
      graph.number(1),
      graph.number((alpha as number) ?? 0),
    ]),
  ),
  unary('Relu6', (graph, x) => graph.op('Clip', [x, graph.number(0), graph.number(6)])),
  unary('ClipByValue', (graph, x, { clipValueMin, clipValueMax }, dtype) =>
    graph.op('Clip', [
      x,
      graph.number(clipValueMin as number, dtype),
      graph.number(clipValueMax as number, dtype),
    ]),
  ),
  unary('IsNan', (graph, x) => graph.op('IsNaN', [x]), 'bool'),
  unary('IsInf', (graph, x) => graph.op('IsInf', [x]), 'bool'),
  unary('IsFinite', finite, 'bool'),
  unary('LogicalNot', (graph, x) => graph.op('Not', [x]), 'bool'),
];
