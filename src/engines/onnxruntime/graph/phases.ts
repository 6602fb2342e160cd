import type { Shape } from '../node.js';
import { rowsOf } from './arrange.js';
import type { Graph } from './graph.js';
import { range } from './range.js';

/** Rows of an image batch that are computed together; its height is a multiple. */
export const ROWS = 4;

interface Size {
  readonly pictures: number;
  readonly planes: number;
  readonly tiles: number;
  /** Numbers in a row of a block of channels. */
  readonly row: number;
}

function sizeOf(graph: Graph, [n, h, w, c]: Shape): Size {
  const block = graph.target.block!;
  return { pictures: n!, planes: c! / block, tiles: h! / ROWS, row: w! * block };
}

/** Where in phases a row of that number lies; one that is none is found among the zeros. */
function placeOf({ pictures, planes, tiles }: Size, plane: number, picture: number, row: number): number {
  const inside = row >= 0 && row < ROWS * tiles;
  const [phase, tile] = inside ? [row % ROWS, Math.floor(row / ROWS)] : [ROWS, 0];
  return ((phase * planes + plane) * pictures + picture) * tiles + tile;
}

/** For the rows that lie `offset` from the first one of each group of four: [c / block, n, h / 4, w, block]. */
export function rowsAt(graph: Graph, phases: string, offsets: readonly number[], shape: Shape): string {
  const size = sizeOf(graph, shape);
  const { pictures, planes, tiles, row } = size;
  const places = (): number[] =>
    offsets.flatMap((offset) =>
      range(planes).flatMap((plane) =>
        range(pictures).flatMap((picture) =>
          range(tiles).map((tile) => placeOf(size, plane, picture, tile * ROWS + offset)),
        ),
      ),
    );
  return rowsOf(graph, graph.reshape(phases, [-1, row]), `rows ${offsets} of phases ${shape}`, places);
}

export function blockedOfPhases(graph: Graph, phases: string, shape: Shape): string {
  const size = sizeOf(graph, shape);
  const { pictures, planes, tiles, row } = size;
  const places = (): number[] =>
    range(pictures).flatMap((picture) =>
      range(planes).flatMap((plane) =>
        range(ROWS * tiles).map((line) => placeOf(size, plane, picture, line)),
      ),
    );
  const [n, h, w, c] = shape as [number, number, number, number];
  return graph.reshape(rowsOf(graph, graph.reshape(phases, [-1, row]), `rows of phases ${shape}`, places), [
    n,
    c,
    h,
    w,
  ]);
}

export function phasesOfBlocked(graph: Graph, blocked: string, shape: Shape): string {
  const { pictures, planes, tiles, row } = sizeOf(graph, shape);
  const places = (): number[] =>
    range(ROWS).flatMap((phase) =>
      range(planes).flatMap((plane) =>
        range(pictures).flatMap((picture) =>
          range(tiles).map((tile) => ((picture * planes + plane) * tiles + tile) * ROWS + phase),
        ),
      ),
    );
  const lines = rowsOf(graph, graph.reshape(blocked, [-1, row]), `phases of rows ${shape}`, places);
  const zeros = planes * pictures * tiles;
  return asPhases(graph, graph.op('Pad', [lines, graph.ints([0, 0, zeros, 0])]), shape);
}

/** As onnxruntime's blocked kernels see it. */
export const asPhases = (graph: Graph, name: string, [n, h, w, c]: Shape): string =>
  graph.reshape(name, [ROWS + 1, c!, (n! * h!) / ROWS, w!]);
