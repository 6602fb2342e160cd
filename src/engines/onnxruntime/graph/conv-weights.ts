import type { Graph } from './graph.js';
import type { Value } from './value.js';

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
}

export function filterOf(weights: Value, turned: boolean): Filter {
  const [kh, kw, inputs, outputs] = weights.shape as [number, number, number, number];
  const [reads, writes] = turned ? [outputs, inputs] : [inputs, outputs];
  return { weights, turned, kh, kw, reads, writes };
}

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
  const { turned, kh, kw, reads, writes } = filter;
  const padded = Math.ceil(writes / block) * block;
  const inner = reads >= block;
  const missing = padded - writes;
  const name = fill(graph, windowed(graph, filter), turned ? [0, 0, missing, 0] : [0, 0, 0, missing]);
  const split = [padded / block, block];
  const read = inner ? [reads / block, block] : [reads];
  const view = graph.reshape(name, turned ? [kh, kw, ...split, ...read] : [kh, kw, ...read, ...split]);
  const orders = turned
    ? { inner: [2, 4, 0, 1, 5, 3], outer: [2, 4, 0, 1, 3] }
    : { inner: [4, 2, 0, 1, 3, 5], outer: [3, 2, 0, 1, 4] };
  const moved = graph.transpose(view, inner ? orders.inner : orders.outer);
  return graph.reshape(moved, [padded, reads, kh, kw]);
}

/** Zeros after the end of each axis. */
export function fill(graph: Graph, name: string, amounts: readonly number[]): string {
  if (amounts.every((amount) => amount === 0)) return name;
  return graph.op('Pad', [name, graph.ints([...amounts.map(() => 0), ...amounts])]);
}
