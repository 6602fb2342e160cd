import type { backend_util } from '@tensorflow/tfjs-core';
import { blocked, fitsBlocks, nchw } from './forms.js';
import { type Graph, NCHWC } from './graph.js';
import type { Value } from './value.js';

type Info = backend_util.Conv2DInfo;

/** As filter, larger pictures are read from memory too slowly: at 400 x 400 the matrix product is as fast. */
const MAX_PIXELS = 256 * 256;

/** How one image batch, the filter, is moved over another. */
interface Course {
  /** Whether the filter is the input of the convolution whose weights are asked for, not the gradient of its output. */
  readonly turned: boolean;
  /** At how many places they meet. */
  readonly kh: number;
  readonly kw: number;
  /** Zeros before the other image. */
  readonly top: number;
  readonly left: number;
  /** The filter's pixels meet every pixel of the other image, or every second one. */
  readonly dilation: 1 | 2;
}

/**
 * The gradient of a convolution by its weights as a convolution itself.
 * @returns plain [kh, kw, in, out]; undefined where the kernel would not be at its best
 */
export function blockedFilterGradient(graph: Graph, x: Value, dy: Value, info: Info): string | undefined {
  const { inChannels, outChannels, filterHeight: kh, filterWidth: kw, padInfo } = info;
  const turned =
    fitsBlocks(graph, inChannels) && (inChannels >= outChannels || !fitsBlocks(graph, outChannels));
  const [top, left] = turned ? [kh - 1 - padInfo.top, kw - 1 - padInfo.left] : [padInfo.top, padInfo.left];
  const [filter, image] = turned ? [x, dy] : [dy, x];
  return correlation(graph, filter, image, { turned, kh, kw, top, left, dilation: 1 });
}

/**
 * The sums of products of two image batches at all places where they meet: one whole operand as filter is moved
 * over the other, padded one. The blocked kernel wants the filter just as the operand lies there already, with the
 * pictures of the batch as groups; and the channels of the other operand take the place of a batch.
 * @returns plain [kh, kw, in, out]; undefined where the kernel would not be at its best
 */
export function correlation(graph: Graph, filter: Value, image: Value, course: Course): string | undefined {
  const { kh, kw, top, left, dilation } = course;
  const [n, height, width, writes] = filter.shape as [number, number, number, number];
  if (!fitsBlocks(graph, writes) || kw < 3 || height * width > MAX_PIXELS) return undefined;

  const block = graph.target.block!;
  const [, rows, columns, reads] = image.shape as [number, number, number, number];
  const moved = [dilation * (height - 1) + kh, dilation * (width - 1) + kw] as const;
  const [bottom, right] = [moved[0] - rows - top, moved[1] - columns - left];
  const padded = graph.op('Pad', [nchw(graph, image), graph.ints([0, 0, top, left, 0, 0, bottom, right])]);
  const channels =
    n === 1 ? graph.reshape(padded, [reads, 1, ...moved]) : graph.transpose(padded, [1, 0, 2, 3]);
  const sums = graph.op(
    'Conv',
    [channels, graph.reshape(blocked(graph, filter), [n * writes, 1, height, width])],
    {
      kernel_shape: { ints: [height, width] },
      strides: { ints: [1, 1] },
      dilations: { ints: [dilation, dilation] },
      pads: { ints: [0, 0, 0, 0] },
      group: { int: n },
    },
    NCHWC,
  );
  const each = graph.reshape(sums, [reads, n, writes / block, kh * kw, block]);
  const total =
    n === 1
      ? graph.reshape(each, [reads, writes / block, kh * kw, block])
      : graph.op('ReduceSum', [each, graph.ints([1])], { keepdims: { int: 0 } });
  return inOrder(graph, total, course, [reads, writes]);
}

/** [reads, writes / block, window, block] -> [kh, kw, in, out] */
function inOrder(
  graph: Graph,
  sums: string,
  { turned, kh, kw }: Course,
  [reads, writes]: readonly [number, number],
): string {
  if (!turned) return graph.reshape(graph.transpose(sums, [2, 0, 1, 3]), [kh, kw, reads, writes]);
  // The input as filter meets the gradient's padded picture backwards: its last place is the window's first.
  const backwards = Array.from({ length: kh * kw }, (_, i) => kh * kw - 1 - i);
  const ordered = graph.op('Gather', [sums, graph.ints(backwards)], { axis: { int: 2 } });
  return graph.reshape(graph.transpose(ordered, [2, 1, 3, 0]), [kh, kw, writes, reads]);
}
