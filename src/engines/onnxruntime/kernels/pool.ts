import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import { inForm, nchw } from '../graph/forms.js';
import { type Attributes, type Graph, NCHWC } from '../graph/graph.js';
import { commonForm, type Forms, Value } from '../graph/value.js';
import type { Shape } from '../node.js';
import { defineOperation } from './define.js';

type Info = backend_util.Conv2DInfo;

function infoOf(shape: Shape, { filterSize, strides, pad, dimRoundingMode }: NamedAttrMap): Info {
  return backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad as 'same',
    dimRoundingMode as 'floor' | undefined,
  );
}

const windowOf = (info: Info): Attributes => ({
  kernel_shape: { ints: [info.filterHeight, info.filterWidth] },
  strides: { ints: [info.strideHeight, info.strideWidth] },
  pads: { ints: [info.padInfo.top, info.padInfo.left, info.padInfo.bottom, info.padInfo.right] },
});

function pool(graph: Graph, type: string, x: Value, info: Info): Value {
  const form: keyof Forms = commonForm([x]) === 'blocked' ? 'blocked' : 'nchw';
  const domain = form === 'blocked' ? NCHWC : '';
  const name = graph.op(type, [inForm(graph, x, form)], windowOf(info), domain);
  return new Value(info.outShape, 'float32', { [form]: name });
}

const maxPool = defineOperation('MaxPool', ['x'], ([x], attrs) => {
  const info = infoOf(x!.shape, attrs);
  return { shape: info.outShape, lower: (graph, [value]) => pool(graph, 'MaxPool', value!, info) };
});

const avgPool = defineOperation('AvgPool', ['x'], ([x], attrs) => {
  const info = infoOf(x!.shape, attrs);
  return { shape: info.outShape, lower: (graph, [value]) => pool(graph, 'AveragePool', value!, info) };
});

/** Rows and columns at the end that no window reached. */
const restOf = ({
  inHeight,
  inWidth,
  outHeight,
  outWidth,
  filterHeight,
  filterWidth,
  ...info
}: Info): number[] => [
  inHeight + info.padInfo.top + info.padInfo.bottom - ((outHeight - 1) * info.strideHeight + filterHeight),
  inWidth + info.padInfo.left + info.padInfo.right - ((outWidth - 1) * info.strideWidth + filterWidth),
];

/** The pixels that windows have at one place within them: [n, c, h of windows, w of windows]. */
function tap(graph: Graph, padded: string, info: Info, row: number, column: number): string {
  const end = (begin: number, windows: number, stride: number): number => begin + (windows - 1) * stride + 1;
  return graph.op('Slice', [
    padded,
    graph.ints([row, column]),
    graph.ints([end(row, info.outHeight, info.strideHeight), end(column, info.outWidth, info.strideWidth)]),
    graph.ints([2, 3]),
    graph.ints([info.strideHeight, info.strideWidth]),
  ]);
}

/** Brings what belongs to the places within windows, [n, c, h of windows, w of windows] each, to the pixels there. */
function spread(graph: Graph, taps: readonly string[], info: Info): string {
  const { batchSize: n, inChannels: c, outHeight, outWidth, filterHeight, filterWidth } = info;
  const places = taps.length;
  const beside = taps.map((name) => graph.reshape(name, [n * c, 1, outHeight, outWidth]));
  const onePixel = Float32Array.from({ length: places * places }, (_, i) => Number(i % (places + 1) === 0));
  const name = graph.op(
    'ConvTranspose',
    [graph.concat(beside, 1), graph.floats(onePixel, [places, 1, filterHeight, filterWidth])],
    { ...windowOf(info), output_padding: { ints: restOf(info) } },
  );
  return graph.reshape(name, [n, c, info.inHeight, info.inWidth]);
}

/**
 * Every gradient goes to the pixel that was largest in its window, the first of them if several were. Which one that
 * was is found by comparing: not every device tells the indices of what it has pooled.
 */
const maxPoolGrad = defineOperation('MaxPoolGrad', ['dy', 'input', 'output'], ([, input], attrs) => {
  const info = infoOf(input!.shape, attrs);
  const { filterHeight, filterWidth } = info;
  const { top, left, bottom, right } = info.padInfo;
  return {
    shape: input!.shape,
    lower: (graph, [gradient, x, y], { shape }) => {
      const image = nchw(graph, x!);
      const amounts = graph.ints([0, 0, top, left, 0, 0, bottom, right]);
      const pads = [top, left, bottom, right].some((amount) => amount > 0);
      const padded = pads ? graph.op('Pad', [image, amounts, graph.number(-Infinity)]) : image;
      const largest = nchw(graph, y!);
      const zero = graph.number(0);
      let rest = nchw(graph, gradient!);
      const places = filterHeight * filterWidth;
      const taps = Array.from({ length: places - 1 }, (_, i) => {
        const values = tap(graph, padded, info, Math.floor(i / filterWidth), i % filterWidth);
        const hit = graph.op('Equal', [values, largest]);
        const taken = graph.op('Where', [hit, rest, zero]);
        rest = graph.op('Where', [hit, zero, rest]);
        return taken;
      });
      // Where it was none of the others it was the last.
      taps.push(rest);
      return new Value(shape, 'float32', { nchw: spread(graph, taps, info) });
    },
  };
});

/** How many pixels of the image each window covers, along one axis. */
function covered(size: number, windows: number, length: number, stride: number, before: number): number[] {
  return Array.from({ length: windows }, (_, i) => {
    const begin = i * stride - before;
    return Math.min(size, begin + length) - Math.max(0, begin);
  });
}

/** Every gradient is shared out evenly to the pixels of its window that lie within the image. */
const avgPoolGrad = defineOperation('AvgPoolGrad', ['dy', 'input'], ([, input], attrs) => {
  const info = infoOf(input!.shape, attrs);
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  return {
    shape: input!.shape,
    lower: (graph, [gradient], { shape }) => {
      const [n, h, w, c] = shape as [number, number, number, number];
      const rows = covered(inHeight, outHeight, filterHeight, info.strideHeight, padInfo.top);
      const columns = covered(inWidth, outWidth, filterWidth, info.strideWidth, padInfo.left);
      const shares = Float32Array.from(rows.flatMap((a) => columns.map((b) => 1 / (a * b))));
      const scaled = graph.op('Mul', [nchw(graph, gradient!), graph.floats(shares, [outHeight, outWidth])]);
      const images = graph.reshape(scaled, [n * c, 1, outHeight, outWidth]);
      const ones = graph.floats(new Float32Array(filterHeight * filterWidth).fill(1), [
        1,
        1,
        filterHeight,
        filterWidth,
      ]);
      const shared = graph.op('ConvTranspose', [images, ones], {
        ...windowOf(info),
        output_padding: { ints: restOf(info) },
      });
      return new Value(shape, 'float32', { nchw: graph.reshape(shared, [n, c, h, w]) });
    },
  };
});

export const pools = [maxPool, avgPool, maxPoolGrad, avgPoolGrad];
