import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { conv2DInfo } from './conv-info.js';
import { defineKernel, floats, run } from './define.js';

type Shape4D = [number, number, number, number];

/** Bytes of rearranged input that one pass may take: beyond, images are worked off in groups. */
const PASS_BYTES = 24 * 2 ** 20;

/** What the rearranging loops need to know of a convolution. */
interface Geometry {
  readonly info: backend_util.Conv2DInfo;
  /** Rows and columns of dy as they would be at stride 1. */
  readonly rows: number;
  readonly columns: number;
  /** Rows an image takes in the rearranged tensors: its own and enough zeros to keep it from the next. */
  readonly pitch: number;
}

function geometry(info: backend_util.Conv2DInfo): Geometry {
  const rows = (info.outHeight - 1) * info.strideHeight + 1;
  const columns = (info.outWidth - 1) * info.strideWidth + 1;
  return { info, rows, columns, pitch: rows + info.filterHeight - 1 };
}

/** x as [kw, in, rows of all images, columns]: one horizontally shifted copy for each column of the filter. */
function shiftedInput(
  backend: BackendWasm,
  x: TensorInfo,
  g: Geometry,
  first: number,
  count: number,
): TensorInfo {
  const { inHeight, inWidth, inChannels, filterWidth, padInfo } = g.info;
  const height = count * g.pitch;
  const result = backend.makeOutput([1, filterWidth * inChannels, height, g.columns], 'float32');
  const source = floats(backend, x);
  const target = floats(backend, result).fill(0);
  for (let kw = 0; kw < filterWidth; kw++) {
    const shift = kw - padInfo.left;
    const from = Math.max(0, -shift);
    const to = Math.min(g.columns, inWidth - shift);
    for (let image = 0; image < count; image++)
      for (let row = 0; row < g.pitch; row++) {
        const y = row - padInfo.top;
        if (y < 0 || y >= inHeight) continue;
        const sourceRow = ((first + image) * inHeight + y) * inWidth + shift;
        for (let c = 0; c < inChannels; c++) {
          const targetRow = ((kw * inChannels + c) * height + image * g.pitch + row) * g.columns;
          for (let column = from; column < to; column++)
            target[targetRow + column] = source[(sourceRow + column) * inChannels + c]!;
        }
      }
  }
  return result;
}

/** dy as a filter [1, rows of all images, columns, out], with zero rows between images. */
function gradientAsFilter(
  backend: BackendWasm,
  dy: TensorInfo,
  g: Geometry,
  first: number,
  count: number,
): TensorInfo {
  const { outHeight, outWidth, outChannels, strideHeight, strideWidth, filterHeight } = g.info;
  const taps = count * g.pitch - (filterHeight - 1);
  const result = backend.makeOutput([1, taps, g.columns, outChannels], 'float32');
  const source = floats(backend, dy);
  const target = floats(backend, result).fill(0);
  for (let image = 0; image < count; image++)
    for (let row = 0; row < outHeight; row++) {
      const sourceRow = ((first + image) * outHeight + row) * outWidth;
      const targetRow = (image * g.pitch + row * strideHeight) * g.columns;
      const pixels = strideWidth === 1 ? outWidth : 1;
      for (let column = 0; column < outWidth; column += pixels) {
        const begin = (sourceRow + column) * outChannels;
        target.set(
          source.subarray(begin, begin + pixels * outChannels),
          (targetRow + column * strideWidth) * outChannels,
        );
      }
    }
  return result;
}

/** Adds [kw, in, kh, out] to [kh, kw, in, out]. */
function accumulate(target: Float32Array, part: Float32Array, info: backend_util.Conv2DInfo): void {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const columns = filterWidth * inChannels;
  for (let column = 0; column < columns; column++)
    for (let kh = 0; kh < filterHeight; kh++) {
      const to = (kh * columns + column) * outChannels;
      const from = (column * filterHeight + kh) * outChannels;
      for (let o = 0; o < outChannels; o++) target[to + o]! += part[from + o]!;
    }
}

/**
 * The gradient of a convolution with respect to its filter, which the backend lacks, as a convolution:
 * the image is x with its columns as channels, the filter is dy with its rows as taps, and sliding one over
 * the other yields the rows of the gradient. Strides greater than 1 put zeros between the values of dy.
 */
export const convFilterGradient = defineKernel('Conv2DBackpropFilter', (backend, { x, dy }, attributes) => {
  const info = conv2DInfo(x!.shape as Shape4D, attributes.filterShape as Shape4D, attributes);
  const g = geometry(info);
  const { filterHeight, filterWidth, inChannels, outChannels, batchSize } = info;
  const result = backend.makeOutput([filterHeight, filterWidth, inChannels, outChannels], 'float32');
  floats(backend, result).fill(0);
  const perImage = 4 * filterWidth * inChannels * g.pitch * g.columns;
  const group = Math.max(1, Math.min(batchSize, Math.floor(PASS_BYTES / perImage)));
  for (let first = 0; first < batchSize; first += group) {
    const count = Math.min(group, batchSize - first);
    const image = shiftedInput(backend, x!, g, first, count);
    const filter = gradientAsFilter(backend, dy!, g, first, count);
    const part = run(
      'Conv2D',
      backend,
      { x: image, filter },
      { strides: 1, pad: 'valid', dilations: 1, dataFormat: 'NHWC' },
    );
    accumulate(floats(backend, result), floats(backend, part), info);
    for (const { dataId } of [image, filter, part]) backend.disposeData(dataId);
  }
  return result;
});
