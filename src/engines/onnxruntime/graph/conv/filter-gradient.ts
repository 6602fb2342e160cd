import type { backend_util } from '@tensorflow/tfjs-core';
import { nchw } from '../forms.js';
import type { Graph } from '../graph.js';
import { range } from '../range.js';
import type { Value } from '../value.js';
import type { Window } from './direct.js';
import { blockedFilterGradient, correlation } from './filter-blocked.js';
import { correlate, pixels } from './filter-product.js';
import { rowsFilterGradient } from './filter-rows.js';
import { stridedFilterGradient } from './filter-strided.js';
import { filterGradientOfRepeated, suitsRepeated } from './repeated.js';
import { suitsRows } from './rows.js';
import { halves } from './strided.js';

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
    ? (halvedFilterGradient(graph, x, dy, info) ?? stridedFilterGradient(graph, x, dy, info))
    : (repeatedFilterGradient(graph, x, dy, info) ??
      partedFilterGradient(graph, x, dy, info) ??
      (info.outChannels < info.inChannels
        ? shiftGradient(graph, x, dy, info)
        : shiftInput(graph, x, dy, info)));
  return graph.plainValue(shape, 'float32', name);
}

/** Of a convolution that steps over every second pixel: the gradient of its output is the filter. */
function halvedFilterGradient(graph: Graph, x: Value, dy: Value, info: Info): string | undefined {
  const { filterHeight: kh, filterWidth: kw, padInfo } = info;
  const course = { turned: false, kh, kw, top: padInfo.top, left: padInfo.left, dilation: 2 } as const;
  return halves(info) ? correlation(graph, dy, x, course) : undefined;
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
