import type { backend_util } from '@tensorflow/tfjs-core';
import type { Window } from './conv-direct.js';
import { blockedFilterGradient } from './conv-filter-blocked.js';
import { filterGradientOfRepeated, suitsRepeated } from './conv-repeated.js';
import { rowsFilterGradient, suitsRows } from './conv-rows.js';
import { nchw } from './forms.js';
import { type Graph, MICROSOFT } from './graph.js';
import type { Value } from './value.js';

type Info = backend_util.Conv2DInfo;

/**
 * The gradient of a convolution by its weights: for each place of the window, a matrix product over all
 * pixels of the input, shifted to that place, and the gradient of the output.
 */
export function filterGradient(graph: Graph, x: Value, dy: Value, info: Info): Value {
  const shape = [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels];
  const still = info.strideHeight === 1 && info.strideWidth === 1;
  const dense = info.dilationHeight === 1 && info.dilationWidth === 1;
  const name = !(still && dense)
    ? spread(graph, x, dy, info)
    : (repeatedFilterGradient(graph, x, dy, info) ??
      partedFilterGradient(graph, x, dy, info) ??
      (info.outChannels < info.inChannels
        ? shiftGradient(graph, x, dy, info)
        : shiftInput(graph, x, dy, info)));
  return graph.plainValue(shape, 'float32', name);
}

const filterSize = ({ inChannels: reads, outChannels: writes, filterHeight: kh, filterWidth: kw }: Info) => ({
  ...{ kh, kw, reads, writes },
});

function windowOf({ padInfo: { top, left, bottom, right } }: Info): Window {
  return { strides: [1, 1], dilations: [1, 1], pads: [top, left, bottom, right] };
}

function repeatedFilterGradient(graph: Graph, x: Value, dy: Value, info: Info): string | undefined {
  const { repeated } = x.more;
  return repeated && suitsRepeated(graph, filterSize(info), windowOf(info))
    ? filterGradientOfRepeated(graph, repeated, dy)
    : undefined;
}

/** Of an image batch whose parts lie apart: they are left there. */
function partedFilterGradient(graph: Graph, x: Value, dy: Value, info: Info): string | undefined {
  const gradients = (x.more.parts ?? [x]).map((part) => {
    const own = { ...info, inChannels: part.shape[3]! };
    return suitsRows(graph, filterSize(own), windowOf(own), x.shape)
      ? rowsFilterGradient(graph, part, dy)
      : blockedFilterGradient(graph, part, dy, own);
  });
  return gradients.every((name) => name !== undefined) ? graph.concat(gradients, 2) : undefined;
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

const pixels = (graph: Graph, x: Value): string => {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return graph.reshape(nchw(graph, x), [n, c, h * w]);
};

/** [n, a, p] and [n, b, p] -> the sum over n of [a, b] */
function correlate(graph: Graph, a: string, b: string, batch: number): string {
  const product = graph.target.extensions
    ? graph.op('FusedMatMul', [a, b], { transB: { int: 1 } }, MICROSOFT)
    : graph.op('MatMul', [a, graph.transpose(b, [0, 2, 1])]);
  // The batch is summed where all columns are together, see `columns`.
  return batch === 1 ? product : graph.op('ReduceSum', [product, graph.ints([0])], { keepdims: { int: 1 } });
}

/**
 * Copies of an image batch, one below the other for all vertical shifts: [n, c * kh, rows * width].
 * @param first row, counted in the padded image, at which each copy begins
 */
function shifted(
  graph: Graph,
  image: Value,
  pads: { top: number; bottom: number; left: number; right: number },
  first: readonly number[],
  rows: number,
  width: number,
): string {
  const [n, , , c] = image.shape as [number, number, number, number];
  const { top, bottom, left, right } = pads;
  const amounts = [0, 0, top, left, 0, 0, bottom, right];
  const padded = graph.op('Pad', [nchw(graph, image), graph.ints(amounts)]);
  const indices = graph.ints(first.flatMap((start) => range(rows).map((row) => start + row)));
  const gathered = graph.op('Gather', [padded, indices], { axis: { int: 2 } });
  return graph.reshape(gathered, [n, c * first.length, rows * width]);
}

function shiftInput(graph: Graph, x: Value, dy: Value, info: Info): string {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight: kh, filterWidth: kw, padInfo } = info;
  const columns = range(kw).map((kx) => {
    const left = padInfo.left - kx;
    const pads = {
      top: padInfo.top,
      bottom: outHeight + kh - 1 - inHeight - padInfo.top,
      left,
      right: outWidth - inWidth - left,
    };
    const moved = shifted(graph, x, pads, range(kh), outHeight, outWidth);
    return correlate(graph, moved, pixels(graph, dy), info.batchSize);
  });
  const rows = graph.reshape(graph.concat(columns, 1), [kw, info.inChannels, kh, info.outChannels]);
  return graph.transpose(rows, [2, 0, 1, 3]);
}

function shiftGradient(graph: Graph, x: Value, dy: Value, info: Info): string {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight: kh, filterWidth: kw, padInfo } = info;
  const top = kh - 1 - padInfo.top;
  const columns = range(kw).map((kx) => {
    const left = kx - padInfo.left;
    const pads = { top, bottom: inHeight + kh - 1 - outHeight - top, left, right: inWidth - outWidth - left };
    const first = range(kh).map((ky) => kh - 1 - ky);
    const moved = shifted(graph, dy, pads, first, inHeight, inWidth);
    return correlate(graph, moved, pixels(graph, x), info.batchSize);
  });
  const rows = graph.reshape(graph.concat(columns, 1), [kw, info.outChannels, kh, info.inChannels]);
  return graph.transpose(rows, [2, 0, 3, 1]);
}

/** Any strides and dilations: every pixel that meets each weight, cut out with the stride. */
function spread(graph: Graph, x: Value, dy: Value, info: Info): string {
  const { batchSize: n, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const { top, left, bottom, right } = padInfo;
  const reach = (pad: number): number => Math.max(0, pad);
  const padded = graph.op('Pad', [
    nchw(graph, x),
    graph.ints([0, 0, reach(top), reach(left), 0, 0, reach(bottom), reach(right)]),
  ]);
  const taps = range(info.filterHeight).flatMap((ky) =>
    range(info.filterWidth).map((kx) => {
      const begin = [ky * info.dilationHeight, kx * info.dilationWidth];
      const steps = [info.strideHeight, info.strideWidth];
      const end = [begin[0]! + (outHeight - 1) * steps[0]! + 1, begin[1]! + (outWidth - 1) * steps[1]! + 1];
      const cut = graph.op('Slice', [padded, ...[begin, end, [2, 3], steps].map((list) => graph.ints(list))]);
      return graph.reshape(cut, [n, inChannels, outHeight * outWidth]);
    }),
  );
  const sums = correlate(graph, graph.concat(taps, 1), pixels(graph, dy), n);
  return graph.reshape(sums, [info.filterHeight, info.filterWidth, inChannels, outChannels]);
}
