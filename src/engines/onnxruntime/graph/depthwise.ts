import { type Attributes, type Graph, NCHWC } from './graph.js';

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
  return graph.op(
    'Conv',
    [image, factors, ...(more.plus ? ['', more.plus] : [])],
    {
      kernel_shape: { ints: [1, 1] },
      strides: { ints: [1, 1] },
      dilations: { ints: [1, 1] },
      pads: { ints: [0, 0, 0, 0] },
      group: { int: channels },
      ...more.activation,
    },
    NCHWC,
  );
}
