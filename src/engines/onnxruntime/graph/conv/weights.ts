import { permute, turn } from '../arrange.js';
import type { Graph } from '../graph.js';
import { range } from '../range.js';
import type { Value } from '../value.js';

/** What the convolution's weights are seen as. */
export interface Filter {
  /** Plain [kh, kw, in, out]. */
  readonly weights: Value;
  /**
   * Turned round, for the gradient of the input: the same convolution from `out` to `in` channels with the
   * window upside down and backwards.
   */
  readonly turned: boolean;
  readonly kh: number;
  readonly kw: number;
  /** Channels read and written by the convolution; `turned` has exchanged them. */
  readonly reads: number;
  readonly writes: number;
  /** Where, among those of the weights, they begin. */
  readonly begin: { readonly reads: number; readonly writes: number };
}

export function filterOf(weights: Value, turned: boolean): Filter {
  const [kh, kw, inputs, outputs] = weights.shape as [number, number, number, number];
  const [reads, writes] = turned ? [outputs, inputs] : [inputs, outputs];
  return { weights, turned, kh, kw, reads: reads!, writes: writes!, begin: { reads: 0, writes: 0 } };
}

/** The same for fewer channels. */
export const narrow = (filter: Filter, side: 'reads' | 'writes', from: number, count: number): Filter => ({
  ...filter,
  [side]: count,
  begin: { ...filter.begin, [side]: filter.begin[side] + from },
});

/** [kh, kw, in, out], window reversed where the filter is turned. */
function windowed(graph: Graph, { weights, turned, kh, kw }: Filter): string {
  const name = weights.forms.plain!;
  if (!turned || kh * kw === 1) return name;
  const taps = graph.reshape(name, [kh * kw, weights.shape[2]!, weights.shape[3]!]);
  const backwards = Array.from({ length: kh * kw }, (_, i) => kh * kw - 1 - i);
  const reversed = graph.op('Gather', [taps, graph.ints(backwards)], { axis: { int: 0 } });
  return graph.reshape(reversed, weights.shape);
}

/** Weights as ONNX's Conv takes them: [writes, reads, kh, kw]. */
export function standardWeights(graph: Graph, filter: Filter): string {
  return graph.transpose(windowed(graph, filter), filter.turned ? [2, 3, 0, 1] : [3, 2, 0, 1]);
}

/**
 * Weights as the blocked Conv takes them, written channels filled up with zeros to whole blocks:
 * [writes / block, reads / block, kh, kw, block (reads), block (writes)], or, for less than a block of
 * channels read, [writes / block, reads, kh, kw, block].
 */
export function blockedWeights(graph: Graph, filter: Filter, block: number): string {
  const moved = inBlocks(graph, filter, block, ['writes', 'reads', 'kh', 'kw']);
  const padded = Math.ceil(filter.writes / block) * block;
  return graph.reshape(moved, [padded, filter.reads, filter.kh, filter.kw]);
}

/** The same, of whole blocks, with the rows of the window in front. */
export const rowsOfWeights = (graph: Graph, filter: Filter, block: number): string =>
  inBlocks(graph, filter, block, ['kh', 'writes', 'reads', 'kw']);

type Axis = 'kh' | 'kw' | 'reads' | 'writes';

function inBlocks(graph: Graph, filter: Filter, block: number, order: readonly Axis[]): string {
  const { weights, turned, begin } = filter;
  const [kh, kw, inputs, outputs] = weights.shape as [number, number, number, number];
  const [reads, writes] = turned ? [outputs, inputs] : [inputs, outputs];
  const blocks = Math.ceil(writes / block);
  const missing = blocks * block - writes;
  const name = fill(graph, weights.forms.plain!, turned ? [0, 0, missing, 0] : [0, 0, 0, missing]);

  const inner = reads >= block;
  const whole: Record<string, number> = { kh, kw, reads: inner ? reads / block : reads, writes: blocks };
  const axes = ['kh', 'kw', 'reads', ...(inner ? ['block of reads'] : []), 'writes', 'block of writes'];
  const taken: Record<string, readonly number[]> = {
    ...(turned && kh > 1 ? { kh: range(kh).reverse() } : {}),
    ...(turned && kw > 1 ? { kw: range(kw).reverse() } : {}),
    ...(filter.reads < reads ? { reads: range(filter.reads / block, begin.reads / block) } : {}),
    ...(filter.writes < writes ? { writes: range(filter.writes / block, begin.writes / block) } : {}),
  };
  return permute(
    graph,
    turned ? turn(graph, name, blocks * block, reads) : name,
    axes.map((axis) => whole[axis] ?? block),
    [...order, ...(inner ? ['block of reads'] : []), 'block of writes'].map((axis) => axes.indexOf(axis)),
    Object.fromEntries(Object.entries(taken).map(([axis, places]) => [axes.indexOf(axis), places])),
  );
}

/** Zeros after the end of each axis. */
export function fill(graph: Graph, name: string, amounts: readonly number[]): string {
  if (amounts.every((amount) => amount === 0)) return name;
  return graph.op('Pad', [name, graph.ints([...amounts.map(() => 0), ...amounts])]);
}
