import type { Shape } from '../node.js';
import type { Window } from './conv-direct.js';
import { correlation } from './conv-filter-blocked.js';
import { summedConv } from './conv-summed.js';
import { type Filter, rowsOfWeights } from './conv-weights.js';
import { fitsBlocks, phases, plain } from './forms.js';
import { type Graph, NCHWC } from './graph.js';
import { asPhases, ROWS, rowsAt } from './phases.js';
import { type Forms, Value } from './value.js';

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

/** The gradient of the sum of all that by the weights, plain [3, 3, in, out]. */
export function rowsFilterGradient(graph: Graph, x: Value, dy: Value): string | undefined {
  const [inputs, outputs] = [x.shape[3]!, dy.shape[3]!];
  const points = asImages(graph, pointsOf(graph, x), x.shape);
  const gradient = asImages(graph, pointsFrom(graph, dy), dy.shape);
  const course = {
    turned: true,
    kh: 1,
    kw: 3,
    top: 0,
    left: 1,
    dilation: 1,
    factors: transposed(WEIGHTS),
  } as const;
  const sums = correlation(graph, points, gradient, course);
  return sums && graph.reshape(sums, [3, 3, inputs, outputs]);
}

/** Each point as an image of its own. */
function asImages(graph: Graph, points: string, [n, h, w, c]: Shape): Value {
  const rows = (n! * h!) / ROWS;
  const blocked = graph.reshape(points, [POINTS, c!, rows, w!]);
  return new Value([POINTS, rows, w!, c!], 'float32', { blocked });
}
