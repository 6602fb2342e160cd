import type { Target } from './graph/graph.js';
import { type Piece, piecesOf, shapeOf } from './graph/pieces.js';
import type { Node, Shape } from './node.js';

/** An input or output of a graph: a tensor, or one of its pieces. */
export interface Port {
  readonly name: string;
  /** Of the array that the graph reads or writes. */
  readonly shape: Shape;
  /** Where in the tensor it lies. */
  readonly piece?: Piece;
}

type Form = Pick<Node, 'shape' | 'dtype'>;

/** The inputs for a tensor; `name` is the first part of theirs. */
export function inputsFor(name: string, { shape, dtype }: Form, target: Target): readonly Port[] {
  const pieces = piecesOf(shape, dtype);
  if (!pieces) return [{ name, shape }];
  return pieces.map((piece, i) => ({ name: `${name}_${i}`, shape: shapeOf(piece, target), piece }));
}

/** The outputs of a tensor whose value, or whose pieces, the graph has under these names. */
export function outputsFor(
  names: readonly string[],
  { shape, dtype }: Form,
  target: Target,
): readonly Port[] {
  const pieces = names.length > 1 ? piecesOf(shape, dtype)! : [];
  return names.map((name, i) => {
    const piece = pieces[i];
    return piece ? { name, shape: shapeOf(piece, target), piece } : { name, shape };
  });
}
