import type { Graph } from '../graph.js';
import { Value } from '../value.js';
import { directConv, type Window } from './direct.js';
import { convOfRepeated, gradientOfRepeated, suitsRepeated } from './repeated.js';
import { rowsConv, suitsRows } from './rows.js';
import type { Filter } from './weights.js';

/** A convolution of an image batch, in the form that needs the fewest products; see Value for what may follow it. */
export function conv(
  graph: Graph,
  x: Value,
  filter: Filter,
  window: Window,
  shape: readonly number[],
  bias?: Value,
): Value {
  const direct =
    !x.more.repeated && suitsRows(graph, filter, window, x.shape)
      ? rowsConv(graph, x, filter, shape, bias)
      : directConv(graph, x, filter, window, shape, bias);
  if (!suitsRepeated(graph, filter, window)) return direct;
  const { repeated } = x.more;
  if (repeated) {
    const write = (slope?: number) => () => convOfRepeated(graph, repeated, filter, shape, bias, slope);
    const withLeakyRelu = (slope: number): Value => new Value(shape, 'float32', write(slope));
    return new Value(shape, 'float32', write(), { withLeakyRelu });
  }
  if (!filter.turned) return direct;
  const squareSums = (sums: readonly number[]): Value => gradientOfRepeated(graph, x, filter, sums);
  return new Value(shape, 'float32', () => direct.forms, { ...direct.more, squareSums });
}
