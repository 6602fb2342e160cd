import { permute, turn } from '../arrange.js';
import { blockedKernel } from '../blocked-kernel.js';
import { type Graph, NCHWC } from '../graph.js';
import { ROWS } from '../phases.js';
import type { Value } from '../value.js';
import { bandsOf } from './bands.js';
import { mixed, POINTS, pointsFrom, pointsOf, transposed, WEIGHTS } from './points.js';

type Shape4D = readonly [number, number, number, number];

/** Each is read from memory once. */
const CACHED_PIXELS = 4096;

/**
 * The gradient of a convolution by rows by its weights, plain [3, 3, in, out].
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
  const bands = bandsOf(POINTS, rows, w, { block, cached: CACHED_PIXELS }) ?? 1;
  const lines = rows / bands;
  const images = graph.op(
    'ReorderOutput',
    [graph.reshape(pointsFrom(graph, dy), [POINTS, outputs, rows, w])],
    { channels: { int: outputs }, channels_last: { int: 0 } },
    NCHWC,
  );
  const padded = graph.op('Pad', [images, graph.ints([0, 0, 0, 1, 0, 0, 0, 1])]);
  const moved = permute(graph, padded, [POINTS, outputs, bands, lines * (w + 2)], [0, 2, 1, 3]);
  const still = permute(
    graph,
    pointsOf(graph, x),
    [POINTS, inputs / block, bands, lines * w * block],
    [0, 2, 1, 3],
  );
  const groups = POINTS * bands;
  const sums = blockedKernel(
    graph,
    {
      image: graph.reshape(moved, [1, groups, outputs * lines, w + 2]),
      weights: graph.reshape(still, [groups * inputs, 1, lines, w]),
    },
    { shape: [lines, w], strides: [lines, 1], group: groups },
  );
  const factors = transposed(WEIGHTS).map((row) =>
    row.flatMap((factor) => Array<number>(bands).fill(factor)),
  );
  const columns = 3 * block;
  const blocks = graph.reshape(mixed(graph, factors, sums), [(3 * inputs) / block, outputs, columns]);
  const ordered = permute(
    graph,
    turn(graph, blocks, outputs, columns),
    [3, inputs / block, 3, block, outputs],
    [0, 2, 1, 3, 4],
    { 2: [2, 1, 0] },
  );
  return graph.reshape(ordered, [3, 3, inputs, outputs]);
}
