import { backend_util, type DataType, type KernelConfig } from '@tensorflow/tfjs-core';
import { elementwise } from '../graph/elementwise.js';
import { numberIn } from '../graph/forms.js';
import type { Graph } from '../graph/graph.js';
import { addPieces, canBePieces, inPieces, piecesIn, subtractPieces } from '../graph/pieces.js';
import { add } from '../graph/sum.js';
import { type Forms, Value } from '../graph/value.js';
import { sizeOf } from '../memory.js';
import type { Dtype, Shape } from '../node.js';
import { defineOperation } from './define.js';

type Write = (graph: Graph, a: string, b: string, dtype: Dtype) => string;

export const broadcast = (...shapes: Shape[]): number[] =>
  shapes.reduce<number[]>((a, b) => backend_util.assertAndGetBroadcastShape(a, [...b]), []);

interface Choices {
  /** of the result; that of the operands, where it is not given */
  readonly dtype?: DataType;
  /** see elementwise */
  readonly zeros?: 'of same' | 'of any';
  /** writes the two in a quicker way, where there is one */
  readonly fused?: (graph: Graph, x: Value, y: Value) => Value | undefined;
}

function binary(kernelName: string, write: Write, { dtype, zeros, fused }: Choices = {}): KernelConfig {
  return defineOperation(kernelName, ['a', 'b'], ([a, b]) => ({
    shape: broadcast(a!.shape, b!.shape),
    dtype,
    lower: (graph, [x, y], node) =>
      fused?.(graph, x!, y!) ??
      elementwise(
        graph,
        [x!, y!],
        node.shape,
        node.dtype,
        (...names) => write(graph, names[0]!, names[1]!, x!.dtype),
        zeros,
      ),
  }));
}

const direct = (kernelName: string, type: string, choices?: Choices): KernelConfig =>
  binary(kernelName, (graph, a, b) => graph.op(type, [a, b]), choices);

const product: Write = (graph, a, b) => graph.op('Mul', [a, b]);

/** An image batch, or a long vector, times a number, which is written only if it is not added to another. */
function multiple(graph: Graph, of: Value, factor: Value): Value | undefined {
  if (factor.shape.length > of.shape.length || sizeOf(factor.shape) !== 1 || of.dtype !== 'float32')
    return undefined;
  if (canBePieces([of], of.shape, of.dtype)) {
    const write = (index: number): string =>
      product(graph, piecesIn(graph, of)[index]!, numberIn(graph, factor), 'float32');
    return inPieces(graph, of.shape, (_, index) => write(index), { multiple: { of, factor } });
  }
  if (of.shape.length !== 4) return undefined;
  const write = (): Forms =>
    elementwise(
      graph,
      [of, factor],
      of.shape,
      'float32',
      (a, b) => product(graph, a!, b!, 'float32'),
      'of any',
    ).forms;
  return new Value(of.shape, 'float32', write, { multiple: { of, factor } });
}

/** Rounded towards minus infinity; onnxruntime divides integers towards zero. */
const floorDiv: Write = (graph, a, b, dtype) => {
  const [x, y] = dtype === 'int32' ? [a, b].map((name) => toFloat(graph, name)) : [a, b];
  const result = graph.op('Floor', [graph.op('Div', [x!, y!])]);
  return dtype === 'int32' ? graph.op('Cast', [result], { to: { int: 6 } }) : result;
};

const toFloat = (graph: Graph, name: string): string => graph.op('Cast', [name], { to: { int: 1 } });

/** The remainder has the divisor's sign. */
const mod: Write = (graph, a, b, dtype) =>
  dtype === 'int32'
    ? graph.op('Mod', [a, b])
    : graph.op('Sub', [a, graph.op('Mul', [graph.op('Floor', [graph.op('Div', [a, b])]), b])]);

const select = defineOperation('Select', ['condition', 't', 'e'], ([condition, yes, no]) => {
  // A condition of rank 1 chooses rows.
  const rows = condition!.shape.length === 1 && yes!.shape.length > 1;
  const shape = broadcast(yes!.shape, no!.shape);
  return {
    shape,
    dtype: yes!.dtype,
    lower: (graph, inputs, node) => {
      const [chosen, a, b] = inputs;
      if (!rows)
        return elementwise(graph, [chosen!, a!, b!], node.shape, node.dtype, (...names) =>
          graph.op('Where', names),
        );
      const column = [chosen!.shape[0]!, ...node.shape.slice(1).map(() => 1)];
      const value = graph.plainValue(column, 'bool', graph.reshape(chosen!.forms.plain!, column));
      return elementwise(graph, [value, a!, b!], node.shape, node.dtype, (...names) =>
        graph.op('Where', names),
      );
    },
  };
});

export const binaries = [
  direct('Add', 'Add', {
    zeros: 'of same',
    fused: (graph, x, y) => addPieces(graph, x, y) ?? add(graph, x, y),
  }),
  direct('Sub', 'Sub', { zeros: 'of same', fused: subtractPieces }),
  binary('Multiply', product, {
    zeros: 'of any',
    fused: (graph, x, y) => multiple(graph, x, y) ?? multiple(graph, y, x),
  }),
  direct('RealDiv', 'Div'),
  direct('Maximum', 'Max'),
  direct('Minimum', 'Min'),
  direct('Pow', 'Pow'),
  binary('FloorDiv', floorDiv),
  binary('Mod', mod),
  binary('SquaredDifference', (graph, a, b) => {
    const difference = graph.op('Sub', [a, b]);
    return graph.op('Mul', [difference, difference]);
  }),
  direct('Equal', 'Equal', { dtype: 'bool' }),
  binary('NotEqual', (graph, a, b) => graph.op('Not', [graph.op('Equal', [a, b])]), { dtype: 'bool' }),
  direct('Less', 'Less', { dtype: 'bool' }),
  direct('LessEqual', 'LessOrEqual', { dtype: 'bool' }),
  direct('Greater', 'Greater', { dtype: 'bool' }),
  direct('GreaterEqual', 'GreaterOrEqual', { dtype: 'bool' }),
  direct('LogicalAnd', 'And', { dtype: 'bool' }),
  direct('LogicalOr', 'Or', { dtype: 'bool' }),
  select,
];
