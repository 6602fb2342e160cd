import { sizeOf } from '../memory.js';
import type { Dtype, Shape } from '../node.js';
import { inForm, numberIn, phases, plain } from './forms.js';
import type { Graph } from './graph.js';
import { canBePieces, inPieces, piecesIn } from './pieces.js';
import { commonForm, type Forms, uniformValue, Value } from './value.js';

/** How an operand lies over a result of `shape`. */
function extent({ shape: operand, more }: Value, shape: Shape): 'same' | 'one' | 'channels' | 'other' {
  if (more.uniform || sizeOf(operand) === 1) return 'one';
  if (operand.length === shape.length && operand.every((size, i) => size === shape[i])) return 'same';
  const channels = shape.at(-1);
  return operand.at(-1) === channels && sizeOf(operand) === channels ? 'channels' : 'other';
}

/**
 * Writes an operation that works value by value, with broadcasting, in whatever form its operands already
 * have.
 * @param write gets the operands' names and returns the result's
 * @param zeros from which operands zero becomes zero again: only from those of the result's shape, or, times a number, from any
 */
export function elementwise(
  graph: Graph,
  operands: readonly Value[],
  shape: Shape,
  dtype: Dtype,
  write: (...names: string[]) => string,
  zeros?: 'of same' | 'of any',
): Value {
  const extents = operands.map((operand) => extent(operand, shape));
  if (extents.every((kind) => kind === 'one'))
    return uniformValue(graph, shape, dtype, write(...operands.map((operand) => numberIn(graph, operand))));
  if (canBePieces(operands, shape, dtype))
    return inPieces(graph, shape, (_, index) =>
      write(
        ...operands.map((x, i) => (extents[i] === 'one' ? numberIn(graph, x) : piecesIn(graph, x)[index]!)),
      ),
    );
  const images = operands.filter((_, i) => extents[i] === 'same');
  const keeps = extents.every((kind) => kind === 'same' || (kind === 'one' && zeros === 'of any'));
  if (zeros && keeps && images.some(({ forms }) => forms.phases)) {
    const names = operands.map((operand, i) =>
      extents[i] === 'one' ? numberIn(graph, operand) : phases(graph, operand),
    );
    return new Value(shape, dtype, { phases: write(...names) });
  }
  const form = shape.length === 4 && !extents.includes('other') ? commonForm(images) : 'plain';
  if (form === 'plain') {
    // Without an operand of full size, a uniform one may have to lend the result its shape.
    const name = (x: Value): string =>
      x.more.uniform && images.length > 0 ? x.more.uniform : plain(graph, x);
    return graph.plainValue(shape, dtype, write(...operands.map(name)));
  }
  const perChannel = extents.includes('channels');
  const [n, h, w, c] = shape as [number, number, number, number];
  const block = graph.target.block!;
  // In this view the channels of blocked images lie along axes 1 and 3.
  const split = form === 'blocked' && perChannel;
  const names = operands.map((operand, i) => {
    if (extents[i] === 'one') return numberIn(graph, operand);
    if (extents[i] === 'channels')
      return graph.reshape(plain(graph, operand), split ? [c / block, 1, block] : [c, 1, 1]);
    const name = inForm(graph, operand, form);
    return split ? graph.reshape(name, [n, c / block, h * w, block]) : name;
  });
  const result = write(...names);
  const forms: Forms = { [form]: split ? graph.reshape(result, [n, c, h, w]) : result };
  return new Value(shape, dtype, forms);
}
