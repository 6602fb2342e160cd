import { blockedWeights, type Filter, fill, standardWeights } from './conv-weights.js';
import { blocked, fitsBlocks, nchw, plain } from './forms.js';
import { type Attributes, type Graph, NCHWC } from './graph.js';
import { type Forms, Value } from './value.js';

export interface Window {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

/** A convolution of an image batch, and of what follows it what the kernel can do at once. */
export function directConv(
  graph: Graph,
  x: Value,
  filter: Filter,
  window: Window,
  shape: readonly number[],
  bias?: Value,
): Value {
  const attributes: Attributes = {
    kernel_shape: { ints: [filter.kh, filter.kw] },
    strides: { ints: window.strides },
    dilations: { ints: window.dilations },
    pads: { ints: window.pads },
  };
  const { block } = graph.target;
  const { reads, writes } = filter;
  const quick = block !== undefined && (reads < block || reads % block === 0) && writes >= 3;
  if (!quick) return new Value(shape, 'float32', () => standardConv(graph, x, filter, attributes, bias));
  const write = (more: Attributes = {}): Forms =>
    blockedConv(graph, x, filter, block, { ...attributes, ...more }, bias);
  const withLeakyRelu = (slope: number): Value =>
    new Value(shape, 'float32', () =>
      write({ activation: { string: 'LeakyRelu' }, activation_params: { floats: [slope] } }),
    );
  return new Value(shape, 'float32', write, { withLeakyRelu });
}

function standardConv(
  graph: Graph,
  x: Value,
  filter: Filter,
  attributes: Attributes,
  bias: Value | undefined,
): Forms {
  const inputs = [nchw(graph, x), standardWeights(graph, filter), ...(bias ? [plain(graph, bias)] : [])];
  return { nchw: graph.op('Conv', inputs, attributes) };
}

function blockedConv(
  graph: Graph,
  x: Value,
  filter: Filter,
  block: number,
  attributes: Attributes,
  bias: Value | undefined,
): Forms {
  const { reads, writes } = filter;
  const padded = Math.ceil(writes / block) * block;
  const inputs = [
    reads < block ? nchw(graph, x) : blocked(graph, x),
    blockedWeights(graph, filter, block),
    ...(bias ? [fill(graph, plain(graph, bias), [padded - writes])] : []),
  ];
  const result = graph.op('Conv', inputs, { ...attributes, group: { int: 1 } }, NCHWC);
  if (fitsBlocks(graph, writes)) return { blocked: result };
  return { nchw: graph.op('ReorderOutput', [result], { channels: { int: writes } }, NCHWC) };
}
