import { blockedKernel } from '../blocked-kernel.js';
import { blocked, fitsBlocks, nchw, plain } from '../forms.js';
import { type Attributes, type Graph, NCHWC } from '../graph.js';
import { type Forms, Value } from '../value.js';
import { summedConv } from './summed.js';
import { blockedWeights, type Filter, fill, standardWeights } from './weights.js';

export interface Window {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

/** A convolution of an image batch as it stands, and of what follows it what the kernel can do at once. */
export function directConv(
  graph: Graph,
  x: Value,
  filter: Filter,
  window: Window,
  shape: readonly number[],
  bias?: Value,
): Value {
  const { block } = graph.target;
  const { reads, writes } = filter;
  const quick = block !== undefined && (reads < block || reads % block === 0) && writes >= 3;
  if (!quick) return new Value(shape, 'float32', () => standardConv(graph, x, filter, window, bias));
  const space = {
    name: 'pixels',
    shape,
    begin: fitsBlocks(graph, writes) ? (value: Value): string => blocked(graph, value) : undefined,
    finish: (sum: string): Forms => unblocked(graph, writes, sum),
  };
  return summedConv(graph, { x, filter, shape, bias, space }, (part, weights, more) => {
    const padded = Math.ceil(writes / block) * block - writes;
    const activation: Attributes =
      more.slope === undefined
        ? {}
        : { activation: { string: 'LeakyRelu' }, activation_params: { floats: [more.slope] } };
    return blockedKernel(
      graph,
      {
        image: reads < block ? nchw(graph, part) : blocked(graph, part),
        weights: blockedWeights(graph, weights, block),
        bias: more.bias && fill(graph, plain(graph, more.bias), [padded]),
        sum: more.sum,
      },
      { shape: [filter.kh, filter.kw], ...window, activation },
    );
  });
}

function standardConv(
  graph: Graph,
  x: Value,
  filter: Filter,
  { strides, dilations, pads }: Window,
  bias: Value | undefined,
): Forms {
  const inputs = [nchw(graph, x), standardWeights(graph, filter), ...(bias ? [plain(graph, bias)] : [])];
  const attributes: Attributes = {
    kernel_shape: { ints: [filter.kh, filter.kw] },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: pads },
  };
  return { nchw: graph.op('Conv', inputs, attributes) };
}

function unblocked(graph: Graph, channels: number, name: string): Forms {
  if (fitsBlocks(graph, channels)) return { blocked: name };
  return { nchw: graph.op('ReorderOutput', [name], { channels: { int: channels } }, NCHWC) };
}
