import type { Shape } from '../../node.js';
import { blocked } from '../forms.js';
import type { Graph } from '../graph.js';
import type { Forms, Value } from '../value.js';

const SIDES = [0, 1] as const;

/**
 * Four image batches as one of twice the height and width: each 2 x 2 pixels of it are a pixel of each of them.
 * @param part the one whose pixels lie in the upper (0) or lower (1), left (0) or right (1) corners
 * @param shape of the result; its channels fill whole blocks
 */
export function interleaved(graph: Graph, shape: Shape, part: (lower: 0 | 1, right: 0 | 1) => Value): Forms {
  const [n, height, width, channels] = shape as [number, number, number, number];
  const block = graph.target.block!;
  const split = [n, channels / block, height / 2, width / 2, 1, block];
  const rows = SIDES.map((lower) => {
    const pixels = SIDES.map((right) => graph.reshape(blocked(graph, part(lower, right)), split));
    return graph.reshape(graph.concat(pixels, 4), [n, channels / block, height / 2, 1, width * block]);
  });
  return { blocked: graph.reshape(graph.concat(rows, 3), [n, channels, height, width]) };
}
