import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import { conv } from '../graph/conv/conv.js';
import type { Window } from '../graph/conv/direct.js';
import { filterGradient } from '../graph/conv/filter-gradient.js';
import { gradientOfStrided } from '../graph/conv/strided.js';
import { fill, filterOf } from '../graph/conv/weights.js';
import { elementwise } from '../graph/elementwise.js';
import { nchw, plain } from '../graph/forms.js';
import type { Graph } from '../graph/graph.js';
import { slice } from '../graph/move.js';
import { prelu } from '../graph/prelu.js';
import { Value } from '../graph/value.js';
import type { Shape } from '../node.js';
import { leakyRelu } from './activations.js';
import { defineOperation } from './define.js';

type Info = backend_util.Conv2DInfo;

function infoOf(x: Shape, filter: Shape, attrs: NamedAttrMap): Info {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs as Record<string, unknown>;
  if (dataFormat !== undefined && dataFormat !== 'NHWC')
    throw new Error(`The onnxruntime engine has convolutions of NHWC images only, not ${dataFormat}.`);
  return backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides as [number, number],
    (dilations as [number, number] | undefined) ?? 1,
    pad as 'same',
    dimRoundingMode as 'floor' | undefined,
    false,
  );
}

const windowOf = ({ strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo }: Info): Window => ({
  strides: [strideHeight, strideWidth],
  dilations: [dilationHeight, dilationWidth],
  pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
});

interface Given {
  readonly x: Value;
  /** Plain [kh, kw, in, out]. */
  readonly weights: Value;
  /** For a convolution from `out` to `in` channels. */
  readonly turned: boolean;
  readonly bias?: Value | undefined;
}

/** A convolution, written so that onnxruntime 1.30 computes it rightly on WebGPU too. */
function convolve(graph: Graph, given: Given, window: Window, shape: Shape): Value {
  const { turned, bias } = given;
  const onDevice = graph.target.block === undefined;
  const { x, weights } = onDevice ? withoutThrees(graph, given) : given;
  const filter = filterOf(weights, turned);
  const [top, left, bottom, right] = window.pads;
  const [, h, w] = x.shape;
  // A window of one pixel, or as large as the image, is taken for one matrix product, whatever is added behind; not so with
  // a row more above. (The same bytes as a Pad before it would be, but that one onnxruntime takes back into the convolution.)
  const single = (filter.kh === 1 && filter.kw === 1) || (filter.kh === h && filter.kw === w);
  if (!onDevice || !single || top + left > 0 || bottom + right === 0)
    return conv(graph, x, filter, window, shape, bias);
  const [down] = window.strides;
  const [n, rows, ...others] = shape as [number, number, number, number];
  const pads = [down, left, bottom, right] as const;
  const oneMore = conv(graph, x, filter, { ...window, pads }, [n, rows + 1, ...others], bias);
  return slice(graph, oneMore, [0, 1, 0, 0], shape);
}

/**
 * Multiples of 3 from 6 on that are none of 4 are read in threes, and wrongly, where the channels written are a
 * multiple of 4. They are filled up with zeros.
 */
function withoutThrees(graph: Graph, { x, weights, turned }: Given): Pick<Given, 'x' | 'weights'> {
  const { reads, writes } = filterOf(weights, turned);
  if (reads <= 3 || reads % 3 > 0 || reads % 4 === 0 || writes % 4 > 0) return { x, weights };
  const missing = 4 - (reads % 4);
  const channels = turned ? 3 : 2;
  const whole = weights.shape.map((size, axis) => (axis === channels ? size + missing : size));
  const amounts = whole.map((size, axis) => size - weights.shape[axis]!);
  const [n, h, w] = x.shape as [number, number, number];
  const image = fill(graph, nchw(graph, x), [0, missing, 0, 0]);
  return {
    x: new Value([n, h, w, reads + missing], 'float32', { nchw: image }),
    weights: graph.plainValue(whole, 'float32', fill(graph, plain(graph, weights), amounts)),
  };
}

const forward = defineOperation('Conv2D', ['x', 'filter'], ([x, filter], attrs) => {
  const info = infoOf(x!.shape, filter!.shape, attrs);
  return {
    shape: info.outShape,
    lower: (graph, [image, weights], { shape }) =>
      convolve(graph, { x: image!, weights: weights!, turned: false }, windowOf(info), shape),
  };
});

function activate(graph: Graph, x: Value, attrs: NamedAttrMap, slopes: Value | undefined): Value {
  const map = (write: (name: string) => string): Value =>
    elementwise(graph, [x], x.shape, 'float32', (name) => write(name!));
  switch (attrs.activation) {
    case undefined:
    case null:
    case 'linear':
      return x;
    case 'leakyrelu':
      return leakyRelu(graph, x, (attrs.leakyreluAlpha as number) ?? 0.2);
    case 'relu':
      return map((name) => graph.op('Relu', [name]));
    case 'relu6':
      return map((name) => graph.op('Clip', [name, graph.number(0), graph.number(6)]));
    case 'elu':
      return map((name) => graph.op('Elu', [name]));
    case 'sigmoid':
      return map((name) => graph.op('Sigmoid', [name]));
    case 'prelu':
      return prelu(graph, x, slopes!);
    default:
      throw new Error(`The onnxruntime engine has no activation ${attrs.activation}.`);
  }
}

export { activate };

const inputNames = ['x', 'filter', 'bias', 'preluActivationWeights'];

const fused = defineOperation('FusedConv2D', inputNames, (inputs, attrs, given) => {
  const [x, filter] = inputs;
  const info = infoOf(x!.shape, filter!.shape, attrs);
  return {
    shape: info.outShape,
    lower: (graph, values, { shape }) => {
      const [image, weights, bias, slopes] = inputNames.map((name) => values[given.indexOf(name)]);
      const parts = { x: image!, weights: weights!, turned: false, bias };
      const result = convolve(graph, parts, windowOf(info), shape);
      return activate(graph, result, attrs, slopes);
    },
  };
});

const inputGradient = defineOperation('Conv2DBackpropInput', ['dy', 'filter'], ([, filter], attrs) => {
  const inputShape = attrs.inputShape as number[];
  const info = infoOf(inputShape, filter!.shape, attrs);
  const { top, left, bottom, right } = info.padInfo;
  const { filterHeight: kh, filterWidth: kw } = info;
  const still = info.strideHeight === 1 && info.strideWidth === 1;
  const pads = [kh - 1 - top, kw - 1 - left, kh - 1 - bottom, kw - 1 - right] as const;
  return {
    shape: inputShape,
    lower: (graph, [dy, weights], { shape }) =>
      still && pads.every((amount) => amount >= 0)
        ? convolve(
            graph,
            { x: dy!, weights: weights!, turned: true },
            { strides: [1, 1], dilations: [1, 1], pads },
            shape,
          )
        : (gradientOfStrided(graph, dy!, weights!, info) ?? transposedConv(graph, dy!, weights!, info)),
  };
});

/** The gradient of a convolution with strides by its input. */
function transposedConv(graph: Graph, dy: Value, weights: Value, info: Info): Value {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  const { top, left, bottom, right } = padInfo;
  const strides = [info.strideHeight, info.strideWidth];
  // Rows and columns at the end that no window reached.
  const rest = [
    inHeight + top + bottom - ((outHeight - 1) * strides[0]! + filterHeight),
    inWidth + left + right - ((outWidth - 1) * strides[1]! + filterWidth),
  ];
  const name = graph.op(
    'ConvTranspose',
    [nchw(graph, dy), graph.transpose(weights.forms.plain!, [3, 2, 0, 1])],
    {
      kernel_shape: { ints: [filterHeight, filterWidth] },
      strides: { ints: strides },
      pads: { ints: [top, left, bottom, right] },
      output_padding: { ints: rest },
    },
  );
  return new Value(info.inShape, 'float32', { nchw: name });
}

const filterGradientKernel = defineOperation('Conv2DBackpropFilter', ['x', 'dy'], ([x], attrs) => {
  const filterShape = attrs.filterShape as number[];
  const info = infoOf(x!.shape, filterShape, attrs);
  return {
    shape: filterShape,
    lower: (graph, [image, dy]) => filterGradient(graph, image!, dy!, info),
  };
});

export const convolutions = [forward, fused, inputGradient, filterGradientKernel];
