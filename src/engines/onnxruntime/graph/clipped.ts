import { depthwise } from './depthwise.js';
import { elementwise } from './elementwise.js';
import { blockedForm, fitsBlocks, inForm } from './forms.js';
import type { Graph } from './graph.js';
import { Value } from './value.js';

/** factor * x, at least `least` and at most `most`. */
export function clipped(graph: Graph, x: Value, factor: number, least: number, most: number): Value {
  const form = blockedForm(x);
  const channels = x.shape.at(-1)!;
  if (form === undefined || !fitsBlocks(graph, channels))
    return elementwise(graph, [x], x.shape, 'float32', (name) =>
      graph.op('Clip', [
        graph.op('Mul', [name!, graph.number(factor)]),
        graph.number(least),
        graph.number(most),
      ]),
    );
  const factors = graph.floats(new Float32Array(channels).fill(factor), [channels, 1, 1, 1]);
  const activation = { activation: { string: 'Clip' }, activation_params: { floats: [least, most] } };
  const result = depthwise(graph, inForm(graph, x, form), factors, channels, { activation });
  return new Value(x.shape, 'float32', { [form]: result });
}
