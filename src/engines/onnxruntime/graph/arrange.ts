import type { Shape } from '../node.js';
import { type Graph, MICROSOFT } from './graph.js';
import { range } from './range.js';

/** Numbers side by side that are better copied one row after the other than one by one. */
const LONG = 8;

/** For axes of an array, places along them. */
export type Taken = Readonly<Record<number, readonly number[]>>;

const product = (sizes: Shape): number => sizes.reduce((a, b) => a * b, 1);

/**
 * Rows of a matrix, in the order that `places` lists.
 * @param order its name, so that no list has to be made twice
 */
export function rowsOf(graph: Graph, matrix: string, order: string, places: () => readonly number[]): string {
  const indices = graph.known(`order ${order}`, () => graph.ints(places()));
  return graph.op('Gather', [matrix, indices], { axis: { int: 0 } });
}

/**
 * An array of that shape with its axes in another order. Where long rows stay together they are gathered, which onnxruntime,
 * unlike transposing, lets several threads do.
 * @param taken for axes of the array, what is taken of them, and in which order, where that is not all
 */
export function permute(
  graph: Graph,
  name: string,
  shape: Shape,
  perm: readonly number[],
  taken: Taken = {},
): string {
  const to = perm.map((axis) => taken[axis]?.length ?? shape[axis]!);
  if (Object.keys(taken).length === 0 && isIdentity(perm, shape)) return graph.reshape(name, to);
  let kept = shape.length;
  while (kept > 0 && perm[kept - 1] === kept - 1 && !taken[kept - 1]) kept--;
  const [outer, row] = [product(shape.slice(0, kept)), product(shape.slice(kept))];
  if (row < LONG) {
    const cut = Object.entries(taken).reduce(
      (array, [axis, places]) => take(graph, array, places, +axis),
      graph.reshape(name, shape),
    );
    return graph.transpose(cut, perm);
  }
  const places = (): number[] =>
    perm.slice(0, kept).reduce<number[]>(
      (list, axis) => {
        const stride = product(shape.slice(axis + 1, kept));
        const steps = taken[axis] ?? range(shape[axis]!);
        return list.flatMap((place) => steps.map((step) => place + step * stride));
      },
      [0],
    );
  const order = `${shape.slice(0, kept)} by ${perm} of ${JSON.stringify(taken)}`;
  return graph.reshape(rowsOf(graph, graph.reshape(name, [outer, row]), order, places), to);
}

const take = (graph: Graph, name: string, places: readonly number[], axis: number): string =>
  graph.op('Gather', [name, graph.ints(places)], { axis: { int: axis } });

/** Whether only axes of length one change places. */
function isIdentity(perm: readonly number[], shape: Shape): boolean {
  const long = perm.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!);
}

/**
 * [..., rows, columns] -> [..., columns, rows], for the processor only: by multiplication with an identity matrix, which
 * takes a fraction of the time that onnxruntime needs for transposing.
 */
export function turn(graph: Graph, name: string, rows: number, columns: number): string {
  const size = Math.min(rows, columns);
  const identity = graph.known(`identity ${size}`, () => {
    const ones = Float32Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0));
    return graph.floats(ones, [size, size]);
  });
  return columns < rows
    ? graph.op('FusedMatMul', [identity, name], { transB: { int: 1 } }, MICROSOFT)
    : graph.op('FusedMatMul', [name, identity], { transA: { int: 1 } }, MICROSOFT);
}
