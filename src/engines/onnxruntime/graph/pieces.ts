import { sizeOf } from '../memory.js';
import type { Dtype, Shape } from '../node.js';
import { depthwise } from './depthwise.js';
import { numberIn, plain } from './forms.js';
import type { Graph, Target } from './graph.js';
import { Value } from './value.js';

/*
 * Long vectors, of all weights of a network, are computed in pieces: what an optimizer makes of one piece stays in the
 * processor's cache from one operation to the next, and results of a few megabytes are copied out of onnxruntime more
 * than twice as fast as large ones, for which the system hands out new memory page by page.
 */

/** Numbers in a piece. */
const PIECE = 2 ** 20;

/** Pieces but the last are a multiple of so many, so that they can be images of so many rows. */
const UNIT = 1024;
const ROWS = 64;

export interface Piece {
  readonly begin: number;
  readonly size: number;
}

/** The array that a piece is in a graph: where there are blocks, an image of one, whose multiples can be added in one go. */
export function shapeOf({ size }: Piece, { block }: Target): Shape {
  return block === undefined || size % UNIT > 0 ? [size] : [1, block, ROWS, size / ROWS / block];
}

/** Into what a vector is cut; undefined for all that is computed as a whole. */
export function piecesOf(shape: Shape, dtype: Dtype): readonly Piece[] | undefined {
  const [size] = shape;
  if (shape.length !== 1 || size! <= PIECE || dtype !== 'float32') return undefined;
  const whole = size! - (size! % UNIT);
  const begins = Array.from({ length: Math.ceil(whole / PIECE) }, (_, i) => i * PIECE);
  const ends = [...begins.slice(1), whole, ...(whole < size! ? [size!] : [])];
  return ends.map((end, i) => ({ begin: begins[i] ?? whole, size: end - (begins[i] ?? whole) }));
}

/**
 * A vector in pieces.
 * @param write the name of one of them; called when they are first wanted
 */
export function inPieces(
  graph: Graph,
  shape: Shape,
  write: (piece: Piece, index: number) => string,
  more: Value['more'] = {},
): Value {
  let names: readonly string[] | undefined;
  const pieces = (): readonly string[] => {
    names ??= piecesOf(shape, 'float32')!.map(write);
    return names;
  };
  const vector = (): string => {
    const vectors = pieces().map((name, i) => graph.reshape(name, [piecesOf(shape, 'float32')![i]!.size]));
    return graph.concat(vectors, 0);
  };
  return new Value(shape, 'float32', () => ({ plain: vector() }), { ...more, pieces });
}

/** The pieces of a vector; cut out of it where it was not computed in pieces. */
export function piecesIn(graph: Graph, x: Value): readonly string[] {
  return (
    x.more.pieces?.() ??
    piecesOf(x.shape, x.dtype)!.map((piece) => {
      const { begin, size } = piece;
      return shaped(graph, cut(graph, plain(graph, x), begin, begin + size), piece);
    })
  );
}

/** Vectors one after the other. */
export function concatPieces(graph: Graph, parts: readonly Value[], shape: Shape): Value {
  return inPieces(graph, shape, (piece) => {
    const { begin, size } = piece;
    const names: string[] = [];
    let from = 0;
    for (const part of parts) {
      const length = part.shape[0]!;
      const [first, last] = [Math.max(begin, from), Math.min(begin + size, from + length)];
      if (first < last) {
        const name = plain(graph, part);
        names.push(last - first === length ? name : cut(graph, name, first - from, last - from));
      }
      from += length;
    }
    return shaped(graph, graph.concat(names, 0), piece);
  });
}

const shaped = (graph: Graph, name: string, piece: Piece): string =>
  graph.reshape(name, shapeOf(piece, graph.target));

const cut = (graph: Graph, name: string, begin: number, end: number): string =>
  graph.op('Slice', [name, graph.ints([begin]), graph.ints([end])]);

/** The sum of all numbers: []. */
export function sumOfPieces(graph: Graph, x: Value): string {
  const add = (name: string, axis: number): string =>
    graph.op('ReduceSum', [name, graph.ints([axis])], { keepdims: { int: 0 } });
  const sums = piecesIn(graph, x).map((name, i) => {
    const { size } = piecesOf(x.shape, x.dtype)![i]!;
    // In two stages, since a long row of additions loses digits; and the first can be shared by threads.
    return size % UNIT === 0 ? add(add(graph.reshape(name, [-1, UNIT]), 1), 0) : add(name, 0);
  });
  return graph.op('Sum', sums);
}

/** The sum of vectors of which one is a multiple of another, passing over memory once; undefined for others. */
export const addPieces = (graph: Graph, a: Value, b: Value): Value | undefined =>
  plusMultiple(graph, a, b, false) ?? plusMultiple(graph, b, a, false);

/** The same for a difference. */
export const subtractPieces = (graph: Graph, a: Value, b: Value): Value | undefined =>
  plusMultiple(graph, a, b, true);

function plusMultiple(graph: Graph, a: Value, b: Value, negative: boolean): Value | undefined {
  const { multiple, pieces } = b.more;
  if (!multiple || !pieces || b.uses > 1 || a.shape.length !== 1 || a.shape[0] !== b.shape[0])
    return undefined;
  const { block } = graph.target;
  const number = numberIn(graph, multiple.factor);
  const factor = negative ? graph.op('Neg', [number]) : number;
  return inPieces(graph, a.shape, ({ size }, i) => {
    const [plus, times] = [piecesIn(graph, a)[i]!, piecesIn(graph, multiple.of)[i]!];
    if (block === undefined || size % UNIT > 0)
      return graph.op('Add', [plus, graph.op('Mul', [times, factor])]);
    const factors = graph.op('Expand', [factor, graph.ints([block, 1, 1, 1])]);
    return depthwise(graph, times, factors, block, { plus });
  });
}

/** Whether an operation on these, value by value, can be done in pieces. */
export const canBePieces = (operands: readonly Value[], shape: Shape, dtype: Dtype): boolean =>
  piecesOf(shape, dtype) !== undefined &&
  operands.some(({ more }) => more.pieces) &&
  operands.every((x) => x.dtype === 'float32' && (sizeOf(x.shape) === 1 || x.shape[0] === shape[0]));
