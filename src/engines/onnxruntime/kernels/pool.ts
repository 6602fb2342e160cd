import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import { inForm, nchw } from '../graph/forms.js';
import { type Attributes, type Graph, NCHWC } from '../graph/graph.js';
import { commonForm, type Forms, Value } from '../graph/value.js';
import { sizeOf } from '../memory.js';
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

/** Puts values where they are told, adding up those that meet. */
function scatter(graph: Graph, values: string, indices: string, shape: Shape): string {
  const size = sizeOf(shape);
  const zeros = graph.op('Expand', [graph.number(0), graph.ints([size])]);
  return graph.op('ScatterElements', [zeros, indices, values], {
    axis: { int: 0 },
    reduction: { string: 'add' },
  });
}

/** Every gradient goes to the pixel that was largest in its window, the first of them if several were. */
const maxPoolGrad = defineOperation('MaxPoolGrad', ['dy', 'input'], ([dy, input], attrs) => {
  const info = infoOf(input!.shape, attrs);
  return {
    shape: input!.shape,
    lower: (graph, [gradient, x], { shape }) => {
      const [n, h, w, c] = shape as [number, number, number, number];
      const size = sizeOf(dy!.shape);
      const indices = graph.second('MaxPool', [nchw(graph, x!)], windowOf(info));
      const flat = scatter(
        graph,
        graph.reshape(nchw(graph, gradient!), [size]),
        graph.reshape(indices, [size]),
        [n, c, h, w],
      );
      return new Value(shape, 'float32', { nchw: graph.reshape(flat, [n, c, h, w]) });
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
      const rest = [
        inHeight + padInfo.top + padInfo.bottom - ((outHeight - 1) * info.strideHeight + filterHeight),
        inWidth + padInfo.left + padInfo.right - ((outWidth - 1) * info.strideWidth + filterWidth),
      ];
      const spread = graph.op('ConvTranspose', [images, ones], {
        ...windowOf(info),
        output_padding: { ints: rest },
      });
      return new Value(shape, 'float32', { nchw: graph.reshape(spread, [n, c, h, w]) });
    },
  };
});

export const pools = [maxPool, avgPool, maxPoolGrad, avgPoolGrad];
