import { plain } from './graph/forms.js';
import type { Operation } from './node.js';

/** The same values in the same order under another shape. */
export const reshape: Operation = {
  key: 'Reshape',
  view: 0,
  lower: (graph, [x], { shape, dtype }) =>
    graph.plainValue(shape, dtype, graph.reshape(plain(graph, x!), shape)),
};
