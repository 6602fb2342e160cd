import type { backend_util } from '@tensorflow/tfjs-core';
import { permute, rowsOf, turn } from '../arrange.js';
import { blockedKernel } from '../blocked-kernel.js';
import { blocked, fitsBlocks, nchw } from '../forms.js';
import type { Graph } from '../graph.js';
import { range } from '../range.js';
import type { Value } from '../value.js';
import { bandsOf } from './bands.js';

type Info = backend_util.Conv2DInfo;

/** As filter, larger pictures are read from memory too slowly: at 400 x 400 the matrix product is as fast. */
const MAX_PIXELS = 256 * 256;

/** For each row of the window and each channel of the other picture, it is read again. */
const CACHED_PIXELS = 2048;

type Shape4D = readonly [number, number, number, number];

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
  const [n, height, width, writes] = filter.shape as Shape4D;
  if (!fitsBlocks(graph, writes) || kw < 3 || height * width > MAX_PIXELS) return undefined;

  const block = graph.target.block!;
  const bands = bandsOf(n, height, width, { block, cached: CACHED_PIXELS });
  if (bands === undefined) return undefined;
  const [, rows, columns, reads] = image.shape as Shape4D;
  const lines = height / bands;
  const moved = [dilation * (lines - 1) + kh, dilation * (width - 1) + kw] as const;
  const whole = [dilation * (height - 1) + kh, moved[1]] as const;
  const [bottom, right] = [whole[0] - rows - top, whole[1] - columns - left];
  const padded = graph.op('Pad', [nchw(graph, image), graph.ints([0, 0, top, left, 0, 0, bottom, right])]);
  const channels =
    bands === 1
      ? permute(graph, padded, [n, reads, ...whole], [1, 0, 2, 3])
      : rowsOf(
          graph,
          graph.reshape(padded, [n * reads * whole[0], whole[1]]),
          `bands ${[n, reads, ...whole]} ${[bands, lines, dilation]}`,
          () =>
            range(reads).flatMap((channel) =>
              range(n).flatMap((picture) =>
                range(bands).flatMap((band) =>
                  range(moved[0]).map(
                    (row) => (picture * reads + channel) * whole[0] + band * dilation * lines + row,
                  ),
                ),
              ),
            ),
        );
  const still =
    bands === 1
      ? blocked(graph, filter)
      : permute(
          graph,
          blocked(graph, filter),
          [n, writes / block, bands, lines * width * block],
          [0, 2, 1, 3],
        );
  const groups = n * bands;
  const sums = blockedKernel(
    graph,
    {
      image: graph.reshape(channels, [reads, groups, ...moved]),
      weights: graph.reshape(still, [groups * writes, 1, lines, width]),
    },
    { shape: [lines, width], dilations: [dilation, dilation], group: groups },
  );
  const each = graph.reshape(sums, [reads, groups, writes * kh * kw]);
  const total =
    groups === 1 ? each : graph.op('ReduceSum', [each, graph.ints([1])], { keepdims: { int: 0 } });
  return inOrder(graph, total, course, [reads, writes]);
}

/** [reads, writes / block, kh, kw, block] -> [kh, kw, in, out] */
function inOrder(
  graph: Graph,
  name: string,
  { turned, kh, kw }: Course,
  [reads, writes]: readonly [number, number],
): string {
  const block = graph.target.block!;
  const inside = [writes / block, kh * kw, block];
  if (!turned)
    return graph.reshape(permute(graph, name, [reads, ...inside], [2, 0, 1, 3]), [kh, kw, reads, writes]);
  // The input as filter meets the gradient's padded picture backwards: its last place is the window's first.
  const rows = writes * kh * kw;
  const matrix = turn(graph, graph.reshape(name, [reads, rows]), reads, rows);
  const ordered = permute(graph, matrix, [...inside, reads], [1, 0, 2, 3], {
    1: range(kh * kw).reverse(),
  });
  return graph.reshape(ordered, [kh, kw, writes, reads]);
}
