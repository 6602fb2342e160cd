import * as tf from '@tensorflow/tfjs-core';
import { spaceToDepth } from './space-to-depth.js';

/** Where a convolution with strides has no quick gradients of its own. */
const slowEngines = new Set(['wasm']);

interface Operands {
  readonly x: tf.Tensor4D;
  readonly filter: tf.Tensor4D;
  readonly dy: tf.Tensor4D;
}

interface Folding {
  readonly stride: number;
  /** Rows and columns of zeros around x, so that the strides come out even. */
  readonly padding: [[number, number], [number, number], [number, number], [number, number]];
  /** Sides of the folded filter. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * A convolution of stride s is one of stride 1 once s x s pixels are folded into channels, of the image and of the
 * filter alike. Engines that are quick at stride 1 only gain much from that.
 * @returns undefined where strides do not fit the filter, or the engine does better itself
 */
function folding({ x, filter }: Operands, attributes: tf.NamedAttrMap): Folding | undefined {
  if (!slowEngines.has(tf.getBackend())) return undefined;
  const { strides, pad, dimRoundingMode } = attributes;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape,
    filter.shape,
    strides as number | [number, number],
    1,
    pad as Parameters<typeof tf.conv2d>[3],
    dimRoundingMode as Parameters<typeof tf.conv2d>[6],
  );
  const { strideHeight: stride, filterHeight, filterWidth, padInfo } = info;
  const even = filterHeight % stride === 0 && filterWidth % stride === 0 && info.strideWidth === stride;
  const bottom = (info.outHeight - 1) * stride + filterHeight - info.inHeight - padInfo.top;
  const right = (info.outWidth - 1) * stride + filterWidth - info.inWidth - padInfo.left;
  if (stride === 1 || !even || bottom < 0 || right < 0) return undefined;
  return {
    stride,
    padding: [
      [0, 0],
      [padInfo.top, bottom],
      [padInfo.left, right],
      [0, 0],
    ],
    rows: filterHeight / stride,
    columns: filterWidth / stride,
  };
}

const stride1 = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC' };

export function stridedInputGradient(operands: Operands, attributes: tf.NamedAttrMap): tf.Tensor | undefined {
  const fold = folding(operands, attributes);
  if (!fold) return undefined;
  const { x, filter, dy } = operands;
  const { stride, padding, rows, columns } = fold;
  const [, , inputs, outputs] = filter.shape;
  const split = tf.reshape(filter, [rows, stride, columns, stride * inputs * outputs]);
  const folded = tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [
    rows,
    columns,
    stride * stride * inputs,
    outputs,
  ]);
  const [n, height, width] = dy.shape;
  const inputShape = [n, height + rows - 1, width + columns - 1, stride * stride * inputs];
  const deep: tf.Tensor4D = tf
    .engine()
    .runKernel('Conv2DBackpropInput', { dy, filter: folded }, { ...stride1, inputShape });
  const starts = padding.map(([before]) => before);
  return tf.slice(tf.depthToSpace(deep, stride), starts, x.shape);
}

export function stridedFilterGradient(
  operands: Operands,
  attributes: tf.NamedAttrMap,
): tf.Tensor | undefined {
  const fold = folding(operands, attributes);
  if (!fold) return undefined;
  const { x, filter, dy } = operands;
  const { stride, padding, rows, columns } = fold;
  const [, , inputs, outputs] = filter.shape;
  const deep = spaceToDepth(tf.pad(x, padding), stride);
  const filterShape = [rows, columns, stride * stride * inputs, outputs];
  const gradient: tf.Tensor4D = tf
    .engine()
    .runKernel('Conv2DBackpropFilter', { x: deep, dy }, { ...stride1, filterShape });
  const split = tf.reshape(gradient, [rows, columns, stride, stride * inputs * outputs]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), filter.shape);
}
