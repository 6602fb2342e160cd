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
 * pictures of the batch as groups. Blocks of channels of the other operand take the place of a batch, and their
 * channels that of pixels: the filter steps over them, and meets the next channel where otherwise the next pixel
 * were, so that a row of the result is long enough for the kernel to be quick.
 * @returns plain [kh, kw, in, out]; undefined where the kernel would not be at its best
 */
export function correlation(graph: Graph, filter: Value, image: Value, course: Course): string | undefined {
  const { kh, kw, top, left, dilation } = course;
  const [n, height, width, writes] = filter.shape as Shape4D;
  const [, rows, columns, reads] = image.shape as Shape4D;
  const block = graph.target.block!;
  const beside = fitsBlocks(graph, reads) ? block : 1;
  if (!fitsBlocks(graph, writes) || kw * beside < 3 || height * width > MAX_PIXELS) return undefined;

  const bands = bandsOf(n, height, width, { block, cached: CACHED_PIXELS });
  if (bands === undefined) return undefined;
  const lines = height / bands;
  const planes = reads / beside;
  const moved = [dilation * (lines - 1) + kh, (dilation * (width - 1) + kw) * beside] as const;
  const whole = [dilation * (height - 1) + kh, moved[1]] as const;
  const before = [top, left * beside] as const;
  const after = [whole[0] - rows - top, whole[1] - (columns + left) * beside] as const;
  const order = beside === 1 ? nchw(graph, image) : blocked(graph, image);
  const padded = graph.op('Pad', [
    graph.reshape(order, [n, planes, rows, columns * beside]),
    graph.ints([0, 0, ...before, 0, 0, ...after]),
  ]);
  const channels =
    bands === 1
      ? permute(graph, padded, [n, planes, ...whole], [1, 0, 2, 3])
      : rowsOf(
          graph,
          graph.reshape(padded, [n * planes * whole[0], whole[1]]),
          `bands ${[n, planes, ...whole]} ${[bands, lines, dilation]}`,
          () =>
            range(planes).flatMap((plane) =>
              range(n).flatMap((picture) =>
                range(bands).flatMap((band) =>
                  range(moved[0]).map(
                    (row) => (picture * planes + plane) * whole[0] + band * dilation * lines + row,
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
      image: graph.reshape(channels, [planes, groups, ...moved]),
      weights: graph.reshape(still, [groups * writes, 1, lines, width]),
    },
    { shape: [lines, width], dilations: [dilation, dilation * beside], group: groups },
  );
  const each = graph.reshape(sums, [planes, groups, writes * kh * kw * beside]);
  const total =
    groups === 1 ? each : graph.op('ReduceSum', [each, graph.ints([1])], { keepdims: { int: 0 } });
  return inOrder(graph, total, course, { planes, beside, writes });
}

/** [planes, writes / block, kh, kw, beside, block] -> [kh, kw, in, out] */
function inOrder(
  graph: Graph,
  name: string,
  { turned, kh, kw }: Course,
  { planes, beside, writes }: { planes: number; beside: number; writes: number },
): string {
  const block = graph.target.block!;
  const [blocks, reads] = [writes / block, planes * beside];
  if (!turned) {
    const ordered = permute(graph, name, [planes, blocks, kh * kw, beside, block], [2, 0, 3, 1, 4]);
    return graph.reshape(ordered, [kh, kw, reads, writes]);
  }
  // The input as filter meets the gradient's padded picture backwards: its last place is the window's first.
  const backwards = range(kh * kw).reverse();
  const flipped = (matrices: number, rows: number, columns: number): string =>
    turn(graph, graph.reshape(name, [matrices, rows, columns]), rows, columns);
  const ordered =
    beside === 1
      ? permute(graph, flipped(1, reads, writes * kh * kw), [blocks, kh * kw, block, reads], [1, 0, 2, 3], {
          1: backwards,
        })
      : permute(
          graph,
          flipped(planes * blocks, kh * kw * beside, block),
          [planes, blocks, block, kh * kw, beside],
          [3, 1, 2, 0, 4],
          { 3: backwards },
        );
  return graph.reshape(ordered, [kh, kw, writes, reads]);
}
