import type { Shape } from '../../node.js';
import { blockedKernel } from '../blocked-kernel.js';
import { fitsBlocks, plain } from '../forms.js';
import type { Graph } from '../graph.js';
import { asPhases, ROWS } from '../phases.js';
import type { Forms, Value } from '../value.js';
import type { Window } from './direct.js';
import { mixed, POINTS, pointsOf, TO_ROWS, WEIGHTS } from './points.js';
import { summedConv } from './summed.js';
import { type Filter, rowsOfWeights } from './weights.js';

type Shape4D = readonly [number, number, number, number];

/** Larger pictures leave the processor's cache, and what is saved in products is lost in memory. */
const MAX_PIXELS = 96 * 96;

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

/** A convolution by way of the points, whose result is in phases. */
export function rowsConv(graph: Graph, x: Value, filter: Filter, shape: Shape, bias?: Value): Value {
  const [n, h, w, c] = shape as Shape4D;
  const block = graph.target.block!;
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
      const image = graph.reshape(pointsOf(graph, part), [1, POINTS * weights.reads, (n * h) / ROWS, w]);
      const window = mixed(graph, WEIGHTS, rowsOfWeights(graph, weights, block));
      return blockedKernel(
        graph,
        {
          image,
          weights: graph.reshape(window, [POINTS * weights.writes, weights.reads, 1, 3]),
          bias: more.bias && atPoints(graph, plain(graph, more.bias), c),
          sum: more.sum,
        },
        { shape: [1, 3], pads: [0, 1, 0, 1], group: POINTS },
      );
    },
    false,
  );
}

/** What is the same in all rows is there at the point 1 only. */
function atPoints(graph: Graph, bias: string, channels: number): string {
  return graph.op('Pad', [bias, graph.ints([channels, (POINTS - 2) * channels])]);
}
