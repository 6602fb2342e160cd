import type { backend_util } from '@tensorflow/tfjs-core';
import { fitsBlocks } from '../forms.js';
import type { Graph } from '../graph.js';
import { range } from '../range.js';
import { Value } from '../value.js';
import { directConv } from './direct.js';
import { interleaved } from './interleave.js';
import { filterOf } from './weights.js';

type Info = backend_util.Conv2DInfo;

/** Whether a convolution steps over every second pixel of images of even height and width. */
export const halves = (info: Info): boolean =>
  info.strideHeight === 2 &&
  info.strideWidth === 2 &&
  info.dilationHeight === 1 &&
  info.dilationWidth === 1 &&
  info.inHeight === 2 * info.outHeight &&
  info.inWidth === 2 * info.outWidth;

/**
 * The gradient of such a convolution by its input, as four convolutions: of the gradient of the output, every pixel in the same
 * corner of 2 x 2 sees the same part of the window.
 * @returns undefined where the kernel would not be at its best
 */
export function gradientOfStrided(graph: Graph, dy: Value, weights: Value, info: Info): Value | undefined {
  const { inShape, inChannels, outChannels, filterHeight, filterWidth, padInfo } = info;
  if (!halves(info) || !fitsBlocks(graph, inChannels) || !fitsBlocks(graph, outChannels)) return undefined;
  const rows = [0, 1].map((lower) => tapsOf(lower, filterHeight, padInfo.top));
  const columns = [0, 1].map((right) => tapsOf(right, filterWidth, padInfo.left));
  if ([...rows, ...columns].some((taps) => taps === undefined)) return undefined;
  const flat = graph.reshape(weights.forms.plain!, [filterHeight * filterWidth, inChannels * outChannels]);
  const forms = interleaved(graph, inShape, (lower, right) => {
    const [down, across] = [rows[lower]!, columns[right]!];
    const places = down.taps.flatMap((ky) => across.taps.map((kx) => ky * filterWidth + kx));
    const taken = graph.op('Gather', [flat, graph.ints(places)], { axis: { int: 0 } });
    const shape = [down.taps.length, across.taps.length, inChannels, outChannels];
    const part = graph.plainValue(shape, 'float32', graph.reshape(taken, shape));
    const pads = [down.before, across.before, down.after, across.after] as const;
    const window = { strides: [1, 1], dilations: [1, 1], pads } as const;
    return directConv(graph, dy, filterOf(part, true), window, [...dy.shape.slice(0, 3), inChannels]);
  });
  return new Value(inShape, 'float32', forms);
}

/** Which of a window's `size` rows the pixels of one side meet, and how far that reaches before and behind a pixel of the output. */
function tapsOf(
  side: number,
  size: number,
  pad: number,
): { readonly taps: readonly number[]; readonly before: number; readonly after: number } | undefined {
  const taps = range(size).filter((tap) => (tap + side + pad) % 2 === 0);
  if (taps.length === 0) return undefined;
  const before = (taps.at(-1)! - side - pad) / 2;
  const after = (side + pad - taps[0]!) / 2;
  return before < 0 || after < 0 ? undefined : { taps, before, after };
}
