import { fitsBlocks } from '../forms.js';
import type { Graph } from '../graph.js';
import type { Space } from '../sum.js';
import { Value } from '../value.js';
import { type Filter, narrow } from './weights.js';

interface Whole {
  readonly x: Value;
  readonly filter: Filter;
  readonly shape: readonly number[];
  readonly bias: Value | undefined;
  readonly space: Space;
}

/**
 * Writes the convolution of one part of the channels.
 * @param more `sum` of other parts, and `bias`, to be added; `slope` of a leaky ReLU of that
 */
type Write = (
  part: Value,
  weights: Filter,
  more: { sum: string | undefined; bias: Value | undefined; slope: number | undefined },
) => string;

/**
 * A convolution whose image batch may consist of parts that lie apart: what each adds to the result is added up
 * while it is computed, so that the parts never have to be put side by side.
 * @param fuses whether `write` knows a leaky ReLU
 */
export function summedConv(graph: Graph, whole: Whole, write: Write, fuses = true): Value {
  const { x, filter, shape, bias, space } = whole;
  const parts = x.more.parts ?? [x];
  const onto = (before: string | undefined, slope?: number): string => {
    let [sum, from] = [before, 0];
    parts.forEach((part, i) => {
      const count = part.shape[3]!;
      const weights = narrow(filter, 'reads', from, count);
      const last = i === parts.length - 1;
      sum = write(part, weights, { sum, bias: i === 0 ? bias : undefined, slope: last ? slope : undefined });
      from += count;
    });
    return sum!;
  };
  const withLeakyRelu = (slope: number): Value =>
    new Value(shape, 'float32', () => space.finish(onto(undefined, slope), shape));
  const channels = (from: number, count: number): Value => {
    const fewer = [...shape.slice(0, 3), count];
    const part = {
      filter: narrow(filter, 'writes', from, count),
      shape: fewer,
      space: { ...space, shape: fewer },
    };
    return summedConv(graph, { ...whole, ...part }, write, fuses);
  };
  return new Value(shape, 'float32', () => space.finish(onto(undefined), shape), {
    sum: { values: [], products: [{ space, onto }] },
    ...(fuses ? { withLeakyRelu } : {}),
    ...(bias || !fitsBlocks(graph, filter.writes) ? {} : { channels }),
  });
}
