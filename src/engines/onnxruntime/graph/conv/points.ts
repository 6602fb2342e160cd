import { phases } from '../forms.js';
import type { Graph } from '../graph.js';
import { rowsAt } from '../phases.js';
import type { Value } from '../value.js';

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
export const WEIGHTS = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** Six points to four rows, and one of zeros. */
export const TO_ROWS = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
  [0, 0, 0, 0, 0, 0],
];

export const POINTS = 6;

export const transposed = (matrix: readonly (readonly number[])[]): number[][] =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

/** Multiplies along the first axis. */
export function mixed(graph: Graph, matrix: readonly (readonly number[])[], name: string): string {
  const factors = graph.floats(Float32Array.from(matrix.flat()), [matrix.length, matrix[0]!.length]);
  return graph.op('MatMul', [factors, graph.reshape(name, [matrix[0]!.length, -1])]);
}

/** The points of an image batch. */
export const pointsOf = (graph: Graph, x: Value): string =>
  mixed(graph, TO_POINTS, rowsAt(graph, phases(graph, x), [-1, 0, 1, 2, 3, 4], x.shape));

/** The gradient by the points: what each adds to the rows. */
export const pointsFrom = (graph: Graph, dy: Value): string =>
  mixed(graph, transposed(TO_ROWS), phases(graph, dy));
