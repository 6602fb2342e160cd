import { blockedKernel } from './blocked-kernel.js';
import type { Attributes, Graph } from './graph.js';

/**
 * Multiplies each channel of a blocked image by a number of its own, and adds another image: a convolution of depth and window
 * 1, which passes over memory once. Broadcasting over blocks would take twice the time.
 * @param factors [channels, 1, 1, 1]
 */
export function depthwise(
  graph: Graph,
  image: string,
  factors: string,
  channels: number,
  more: { readonly plus?: string; readonly activation?: Attributes } = {},
): string {
  const { plus, activation } = more;
  const kernel = { shape: [1, 1], group: channels, ...(activation ? { activation } : {}) } as const;
  return blockedKernel(graph, { image, weights: factors, sum: plus }, kernel);
}
