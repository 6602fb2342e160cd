import { permute, turn } from '../arrange.js';
import { blockedKernel } from '../blocked-kernel.js';
import type { Graph } from '../graph.js';
import { ROWS } from '../phases.js';
import type { Value } from '../value.js';
import { bandsOf } from './bands.js';
import { mixed, POINTS, pointsFrom, pointsOf, transposed, WEIGHTS } from './points.js';

type Shape4D = readonly [number, number, number, number];

/** Pixels of a band of the filter that stay in the processor's cache. */
const CACHED_PIXELS = 4096;

/**
 * The gradient of a convolution by rows by its weights, plain [3, 3, in, out].
 *
 * At each point it is a convolution with the whole input as filter, which is moved over the gradient of the output by one
 * pixel to each side, and, since it steps over all channels of a block at once, from channel to channel. The blocks of
 * that gradient lie one below the other, and the filter strides from one to the next: so it is read from memory once for
 * them all.
 */
export function rowsFilterGradient(graph: Graph, x: Value, dy: Value): string {
  const [n, h, w, inputs] = x.shape as Shape4D;
  const outputs = dy.shape[3]!;
  const block = graph.target.block!;
  const rows = (n * h) / ROWS;
  const bands = bandsOf(POINTS, rows, w, { block, cached: CACHED_PIXELS }) ?? 1;
  const lines = rows / bands;
  const planes = outputs / block;
  const padded = graph.op('Pad', [
    graph.reshape(pointsFrom(graph, dy), [POINTS * planes * rows, w * block]),
    graph.ints([0, block, 0, block]),
  ]);
  const moved = permute(graph, padded, [POINTS, planes, bands, lines * (w + 2) * block], [0, 2, 1, 3]);
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
      image: graph.reshape(moved, [1, groups, planes * lines, (w + 2) * block]),
      weights: graph.reshape(still, [groups * inputs, 1, lines, w]),
    },
    { shape: [lines, w], strides: [lines, 1], dilations: [1, block], group: groups },
  );
  const factors = transposed(WEIGHTS).map((row) =>
    row.flatMap((factor) => Array<number>(bands).fill(factor)),
  );
  const blocks = [3, inputs / block];
  const products = graph.reshape(mixed(graph, factors, sums), [...blocks, planes * 3 * block, block]);
  const ordered = permute(
    graph,
    turn(graph, products, planes * 3 * block, block),
    [...blocks, block, planes, 3, block],
    [0, 4, 1, 2, 3, 5],
    { 4: [2, 1, 0] },
  );
  return graph.reshape(ordered, [3, 3, inputs, outputs]);
}
