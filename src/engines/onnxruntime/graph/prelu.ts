import type { Shape } from '../node.js';
import { depthwise } from './depthwise.js';
import { elementwise } from './elementwise.js';
import { blockedForm, fitsBlocks, inForm } from './forms.js';
import type { Graph } from './graph.js';
import { commonForm, Value } from './value.js';

/**
 * x where it is positive, slope * x elsewhere; `slopes` are one for each channel, or broadcast in another way.
 */
export function prelu(graph: Graph, x: Value, slopes: Value): Value {
  if (!inBlocks(graph, [x], slopes, x.shape))
    return elementwise(graph, [x, slopes], x.shape, 'float32', (...names) => graph.op('PRelu', names));
  const form = blockedForm(x)!;
  const image = inForm(graph, x, form);
  const negative = graph.op('Min', [image, graph.number(0)]);
  return new Value(x.shape, 'float32', { [form]: corrected(graph, image, negative, slopes) });
}

/** dy where x is positive, slope * dy elsewhere. */
export function preluGradient(graph: Graph, dy: Value, x: Value, slopes: Value): Value {
  if (!inBlocks(graph, [dy, x], slopes, x.shape))
    return elementwise(graph, [dy, x, slopes], x.shape, 'float32', (d, name, slope) =>
      graph.op('Where', [graph.op('Greater', [name!, graph.number(0)]), d!, graph.op('Mul', [d!, slope!])]),
    );
  const form = blockedForm(dy) ?? 'blocked';
  const gradient = inForm(graph, dy, form);
  // 1 up to zero, 0 above.
  const steep = { alpha: { float: -1e38 }, beta: { float: 1 } };
  const masked = graph.op('Mul', [gradient, graph.op('HardSigmoid', [inForm(graph, x, form)], steep)]);
  return new Value(x.shape, 'float32', { [form]: corrected(graph, gradient, masked, slopes) });
}

const inBlocks = (graph: Graph, images: readonly Value[], slopes: Value, shape: Shape): boolean =>
  shape.length === 4 &&
  commonForm(images) === 'blocked' &&
  fitsBlocks(graph, shape[3]!) &&
  slopes.shape.every((size, axis) => size === (axis === slopes.shape.length - 1 ? shape[3] : 1));

/** whole + (slope - 1) * part, for each channel. */
function corrected(graph: Graph, whole: string, part: string, slopes: Value): string {
  const channels = slopes.shape.at(-1)!;
  const factors = graph.op('Sub', [graph.reshape(slopes.forms.plain!, [channels, 1, 1, 1]), graph.number(1)]);
  return depthwise(graph, part, factors, channels, { plus: whole });
}
