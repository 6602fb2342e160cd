import type { Shape } from '../../node.js';
import { fitsBlocks } from '../forms.js';
import type { Graph } from '../graph.js';
import type { Forms, Value } from '../value.js';
import { directConv, type Window } from './direct.js';
import { correlation } from './filter-blocked.js';
import { interleaved } from './interleave.js';
import { type Filter, filterOf } from './weights.js';

type Shape4D = readonly [number, number, number, number];

/*
 * A convolution of an image of which each pixel was repeated 2 x 2 times. A 3 x 3 window then sees only 2 x 2
 * different pixels, and some of its weights can be added up beforehand: 4 products where there were 9. Which ones
 * depends on the place within the square of equal pixels, so there are four convolutions, one for each place; their
 * windows together are one of 4 x 4 (row 0 and row 2 of it for the upper pixels, 1 and 3 for the lower ones).
 */

/** Rows of the window of 4 by rows of that of 3. */
const SPREAD = [
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 1],
  [0, 0, 1],
] as const;

const FOUR = [0, 1, 2, 3] as const;

/** Which sums of the 9 weights make the weights at these rows and columns of the 4 x 4 window. */
const matrix = (rows: readonly number[], columns: readonly number[]): readonly (readonly number[])[] =>
  rows.flatMap((row) =>
    columns.map((column) => SPREAD[row]!.flatMap((a) => SPREAD[column]!.map((b) => a * b))),
  );

function floats(graph: Graph, values: readonly (readonly number[])[]): string {
  return graph.floats(Float32Array.from(values.flat()), [values.length, values[0]!.length]);
}

/** The weights at these rows and columns of the 4 x 4 window: [rows, columns, in, out]. */
function windowed(
  graph: Graph,
  { weights }: Filter,
  rows: readonly number[],
  columns: readonly number[],
): Value {
  const [, , inputs, outputs] = weights.shape as Shape4D;
  const flat = graph.reshape(weights.forms.plain!, [9, inputs * outputs]);
  const sums = graph.op('MatMul', [floats(graph, matrix(rows, columns)), flat]);
  const shape = [rows.length, columns.length, inputs, outputs];
  return graph.plainValue(shape, 'float32', graph.reshape(sums, shape));
}

/** Whether this can be done for a convolution from and to that many channels. */
export const suitsRepeated = (
  graph: Graph,
  { kh, kw, reads, writes }: Pick<Filter, 'kh' | 'kw' | 'reads' | 'writes'>,
  window: Window,
): boolean =>
  [kh, kw].every((size) => size === 3) &&
  [reads, writes].every((channels) => fitsBlocks(graph, channels)) &&
  [...window.strides, ...window.dilations, ...window.pads].every((amount) => amount === 1);

/** @param small the image before its pixels were repeated; the result is twice as large */
export function convOfRepeated(
  graph: Graph,
  small: Value,
  filter: Filter,
  shape: Shape,
  bias: Value | undefined,
  slope?: number,
): Forms {
  return interleaved(graph, shape, (lower, right) => {
    const weights = windowed(graph, filter, [lower, lower + 2], [right, right + 2]);
    const pads = [1 - lower, 1 - right, lower, right] as const;
    const window = { strides: [1, 1], dilations: [1, 1], pads } as const;
    const part = directConv(
      graph,
      small,
      filterOf(weights, false),
      window,
      [...small.shape.slice(0, 3), shape[3]!],
      bias,
    );
    return slope === undefined ? part : part.more.withLeakyRelu!(slope);
  });
}

/** The gradient of all that by `small`: the sums over squares of 2 x 2 of the turned convolution of `dy`. */
export function gradientOfRepeated(graph: Graph, dy: Value, { weights }: Filter, shape: Shape): Value {
  const four = windowed(graph, filterOf(weights, false), FOUR, FOUR);
  return directConv(
    graph,
    dy,
    filterOf(four, true),
    { strides: [2, 2], dilations: [1, 1], pads: [1, 1, 1, 1] },
    shape,
  );
}

/** The gradient by the weights; undefined where the kernel for it would not be at its best. */
export function filterGradientOfRepeated(graph: Graph, small: Value, dy: Value): string | undefined {
  const sums = correlation(graph, small, dy, { turned: true, kh: 4, kw: 4, top: 1, left: 1, dilation: 2 });
  if (sums === undefined) return undefined;
  const [inputs, outputs] = [small.shape[3]!, dy.shape[3]!];
  const sixteen = matrix(FOUR, FOUR);
  const transposed = sixteen[0]!.map((_, tap) => sixteen.map((row) => row[tap]!));
  const flat = graph.reshape(sums, [16, inputs * outputs]);
  return graph.reshape(graph.op('MatMul', [floats(graph, transposed), flat]), [3, 3, inputs, outputs]);
}
