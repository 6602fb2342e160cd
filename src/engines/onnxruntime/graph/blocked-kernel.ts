import { type Attributes, type Graph, NCHWC } from './graph.js';

/** What onnxruntime's blocked convolution does; by default, in steps of one and without padding. */
export interface Kernel {
  readonly shape: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads?: readonly [number, number, number, number];
  readonly group?: number;
  /** What follows it at once. */
  readonly activation?: Attributes;
}

export interface Operands {
  readonly image: string;
  readonly weights: string;
  readonly bias?: string | undefined;
  /** Added to the result. */
  readonly sum?: string | undefined;
}

export function blockedKernel(graph: Graph, { image, weights, bias, sum }: Operands, kernel: Kernel): string {
  const { shape, strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0], group = 1 } = kernel;
  const optional = sum ? [bias ?? '', sum] : bias ? [bias] : [];
  return graph.op(
    'Conv',
    [image, weights, ...optional],
    {
      kernel_shape: { ints: shape },
      strides: { ints: strides },
      dilations: { ints: dilations },
      pads: { ints: pads },
      group: { int: group },
      ...kernel.activation,
    },
    NCHWC,
  );
}
