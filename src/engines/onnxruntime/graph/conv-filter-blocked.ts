import type { backend_util } from '@tensorflow/tfjs-core';
import { blocked, fitsBlocks, nchw } from './forms.js';
import { type Graph, NCHWC } from './graph.js';
import type { Value } from './value.js';

type Info = backend_util.Conv2DInfo;

/** As filter, larger pictures are read from memory too slowly: at 400 x 400 the matrix product is as fast. */
const MAX_PIXELS = 256 * 256;

/**
 * The gradient of a convolution by its weights as a convolution itself, with one whole operand as filter: it is
 * moved over the other, padded one, and meets it at as many places as the window has. The blocked kernel wants
 * the filter just as the operand lies there already, with the pictures of the batch as groups; and the channels
 * of the other operand take the place of a batch.
 * @returns plain [kh, kw, in, out]; undefined where the kernel would not be at its best
 */
export function blockedFilterGradient(graph: Graph, x: Value, dy: Value, info: Info): string | undefined {
  const { inChannels, outChannels, filterHeight: kh, filterWidth: kw, padInfo } = info;
  // The input as filter meets the gradient's padded picture backwards: its last place is the window's first.
  const turned =
    fitsBlocks(graph, inChannels) && (inChannels >= outChannels || !fitsBlocks(graph, outChannels));
  const [filter, image] = turned ? [x, dy] : [dy, x];
  const [n, height, width, writes] = filter.shape as [number, number, number, number];
  if (!fitsBlocks(graph, writes) || kw < 3 || height * width > MAX_PIXELS) return undefined;

  const block = graph.target.block!;
  const [, rows, columns, reads] = image.shape as [number, number, number, number];
  const [top, left] = turned ? [kh - 1 - padInfo.top, kw - 1 - padInfo.left] : [padInfo.top, padInfo.left];
  const [bottom, right] = [height + kh - 1 - rows - top, width + kw - 1 - columns - left];
  const padded = graph.op('Pad', [nchw(graph, image), graph.ints([0, 0, top, left, 0, 0, bottom, right])]);
  const moved = [height + kh - 1, width + kw - 1];
  const channels =
    n === 1 ? graph.reshape(padded, [reads, 1, ...moved]) : graph.transpose(padded, [1, 0, 2, 3]);
  const sums = graph.op(
    'Conv',
    [channels, graph.reshape(blocked(graph, filter), [n * writes, 1, height, width])],
    {
      kernel_shape: { ints: [height, width] },
      strides: { ints: [1, 1] },
      dilations: { ints: [1, 1] },
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
  return inOrder(graph, total, turned, info);
}

/** [reads, writes / block, window, block] -> [kh, kw, in, out] */
function inOrder(graph: Graph, sums: string, turned: boolean, info: Info): string {
  const shape = [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels];
  if (!turned) return graph.reshape(graph.transpose(sums, [2, 0, 1, 3]), shape);
  const taps = info.filterHeight * info.filterWidth;
  const backwards = Array.from({ length: taps }, (_, i) => taps - 1 - i);
  const ordered = graph.op('Gather', [sums, graph.ints(backwards)], { axis: { int: 2 } });
  return graph.reshape(graph.transpose(ordered, [2, 1, 3, 0]), shape);
}
