import type { Shape } from '../node.js';
import type { Window } from './conv-direct.js';
import { summedConv } from './conv-summed.js';
import { type Filter, rowsOfWeights } from './conv-weights.js';
import { fitsBlocks, phases, plain } from './forms.js';
import { type Graph, NCHWC } from './graph.js';
import { asPhases, ROWS, rowsAt } from './phases.js';
import type { Forms, Value } from './value.js';

type Shape4D = readonly [number, number, number, number];

/*
 * Convolutions of 3 x 3 by Winograd's algorithm along one axis (Lavin and Gray, "Fast algorithms for convolutional
 * neural networks", 2015: F(4, 3)). Four rows of the result come of six rows of the image, and 3 weights of each
 * column of the window; seen as polynomials, they are multiplied at six points, where six products do instead of
 * twelve. From rows to points and back lead small matrices. The points of an image batch are blocked like an image
 * of [1, n * h / 4, w, 6 * c]: windows are one row high, so that all rows may lie one below the other.
 */

/** Six rows to six points. */
const TO_POINTS = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** Three weights to six points. */
const WEIGHTS = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** Six points to four rows, and one of zeros. */
const TO_ROWS = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
  [0, 0, 0, 0, 0, 0],
];

const POINTS = 6;

/** Of a filter, four blocks of channels of so many pixels lie in the processor's cache. */
const CACHED_PIXELS = 4096;

/** Larger pictures leave the processor's cache, and what is saved in products is lost in memory. */
const MAX_PIXELS = 96 * 96;

const transposed = (matrix: readonly (readonly number[])[]): number[][] =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

/** Multiplies along the first axis. */
function mixed(graph: Graph, matrix: readonly (readonly number[])[], name: string): string {
  const factors = graph.floats(Float32Array.from(matrix.flat()), [matrix.length, matrix[0]!.length]);
  return graph.op('MatMul', [factors, graph.reshape(name, [matrix[0]!.length, -1])]);
}

/** Whether this can be done, and pays. */
export const suitsRows = (
  graph: Graph,
  filter: Pick<Filter, 'kh' | 'kw' | 'reads' | 'writes'>,
  window: Window,
  x: Shape,
): boolean =>
  filter.kh === 3 &&
  filter.kw === 3 &&
  fitsBlocks(graph, filter.reads) &&
  fitsBlocks(graph, filter.writes) &&
  [...window.strides, ...window.dilations, ...window.pads].every((amount) => amount === 1) &&
  x[1]! % ROWS === 0 &&
  x[1]! * x[2]! <= MAX_PIXELS;

const pointsOf = (graph: Graph, x: Value): string =>
  mixed(graph, TO_POINTS, rowsAt(graph, phases(graph, x), [-1, 0, 1, 2, 3, 4], x.shape));

/** The gradient by the points: what each adds to the rows. */
const pointsFrom = (graph: Graph, dy: Value): string => mixed(graph, transposed(TO_ROWS), phases(graph, dy));

export function rowsConv(graph: Graph, x: Value, filter: Filter, shape: Shape, bias?: Value): Value {
  const [n, h, w, c] = shape as Shape4D;
  const block = graph.target.block!;
  const attributes = {
    kernel_shape: { ints: [1, 3] },
    strides: { ints: [1, 1] },
    dilations: { ints: [1, 1] },
    pads: { ints: [0, 1, 0, 1] },
    group: { int: POINTS },
  };
  const space = {
    name: 'points',
    shape,
    begin: undefined,
    finish: (sum: string, to: Shape): Forms => ({ phases: asPhases(graph, mixed(graph, TO_ROWS, sum), to) }),
  };
  return summedConv(
    graph,
    { x, filter, shape, bias, space },
    (part, weights, more) => {
      const inputs = [
        graph.reshape(pointsOf(graph, part), [1, POINTS * weights.reads, (n * h) / ROWS, w]),
        graph.reshape(mixed(graph, WEIGHTS, rowsOfWeights(graph, weights, block)), [
          POINTS * weights.writes,
          weights.reads,
          1,
          3,
        ]),
      ];
      if (more.bias || more.sum) inputs.push(more.bias ? atPoints(graph, plain(graph, more.bias), c) : '');
      if (more.sum) inputs.push(more.sum);
      return graph.op('Conv', inputs, attributes, NCHWC);
    },
    false,
  );
}

/** What is the same in all rows is there at the point 1 only. */
function atPoints(graph: Graph, bias: string, channels: number): string {
  return graph.op('Pad', [bias, graph.ints([channels, (POINTS - 2) * channels])]);
}

/**
 * The gradient of the sum of all that by the weights, plain [3, 3, in, out].
 *
 * At each point it is a convolution with the whole input as filter, which is moved over the gradient of the output by one
 * pixel to each side. The channels of that gradient lie one below the other, and the filter strides from one to the next:
 * so it is read from memory once for them all.
 */
export function rowsFilterGradient(graph: Graph, x: Value, dy: Value): string {
  const [n, h, w, inputs] = x.shape as Shape4D;
  const outputs = dy.shape[3]!;
  const block = graph.target.block!;
  const rows = (n * h) / ROWS;
  const bands = bandsOf(rows, w, block);
  const lines = rows / bands;
  const images = graph.op(
    'ReorderOutput',
    [graph.reshape(pointsFrom(graph, dy), [POINTS, outputs, rows, w])],
    { channels: { int: outputs }, channels_last: { int: 0 } },
    NCHWC,
  );
  const padded = graph.op('Pad', [images, graph.ints([0, 0, 0, 1, 0, 0, 0, 1])]);
  const moved = graph.permute(padded, [POINTS, outputs, bands, lines * (w + 2)], [0, 2, 1, 3]);
  const still = graph.permute(
    pointsOf(graph, x),
    [POINTS, inputs / block, bands, lines * w * block],
    [0, 2, 1, 3],
  );
  const groups = POINTS * bands;
  const sums = graph.op(
    'Conv',
    [
      graph.reshape(moved, [1, groups, outputs * lines, w + 2]),
      graph.reshape(still, [groups * inputs, 1, lines, w]),
    ],
    {
      kernel_shape: { ints: [lines, w] },
      strides: { ints: [lines, 1] },
      dilations: { ints: [1, 1] },
      pads: { ints: [0, 0, 0, 0] },
      group: { int: groups },
    },
    NCHWC,
  );
  const factors = transposed(WEIGHTS).map((row) =>
    row.flatMap((factor) => Array<number>(bands).fill(factor)),
  );
  const columns = 3 * block;
  const blocks = graph.reshape(mixed(graph, factors, sums), [(3 * inputs) / block, outputs, columns]);
  const ordered = graph.permute(
    graph.turn(blocks, outputs, columns),
    [3, inputs / block, 3, block, outputs],
    [0, 2, 1, 3, 4],
    2,
  );
  return graph.reshape(ordered, [3, 3, inputs, outputs]);
}

/** Into how many bands to divide the rows; the kernel takes groups of fewer than a block, or whole blocks. */
function bandsOf(rows: number, width: number, block: number): number {
  const possible = Array.from({ length: rows }, (_, i) => i + 1).filter(
    (bands) => rows % bands === 0 && (POINTS * bands < block || (POINTS * bands) % block === 0),
  );
  return possible.find((bands) => (rows / bands) * width <= CACHED_PIXELS) ?? possible.at(-1)!;
}
