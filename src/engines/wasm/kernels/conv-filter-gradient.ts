import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { conv2DInfo } from './conv-info.js';
import { correlate } from './correlate.js';
import { defineKernel, floats } from './define.js';

type Shape4D = [number, number, number, number];

/** dy as it would be at stride 1, with zeros for the outputs that the strides left out. */
function withoutStrides(backend: BackendWasm, dy: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info;
  const height = (outHeight - 1) * strideHeight + 1;
  const width = (outWidth - 1) * strideWidth + 1;
  const result = backend.makeOutput([batchSize, height, width, outChannels], 'float32');
  const source = floats(backend, dy);
  const target = floats(backend, result).fill(0);
  for (let n = 0; n < batchSize; n++)
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++) {
        const from = ((n * outHeight + y) * outWidth + x) * outChannels;
        const to = ((n * height + y * strideHeight) * width + x * strideWidth) * outChannels;
        target.set(source.subarray(from, from + outChannels), to);
      }
  return result;
}

/** x moves against dy: sums are [kw, in, kh, out]. */
function addDirect(target: Float32Array, part: Float32Array, info: backend_util.Conv2DInfo): void {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const columns = filterWidth * inChannels;
  for (let column = 0; column < columns; column++)
    for (let kh = 0; kh < filterHeight; kh++) {
      const to = (kh * columns + column) * outChannels;
      const from = (column * filterHeight + kh) * outChannels;
      for (let o = 0; o < outChannels; o++) target[to + o]! += part[from + o]!;
    }
}

/** dy moves against x: sums are [kw, out, kh, in], with rows and columns of the filter in reverse. */
function addReversed(target: Float32Array, part: Float32Array, info: backend_util.Conv2DInfo): void {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  for (let kw = 0; kw < filterWidth; kw++)
    for (let o = 0; o < outChannels; o++)
      for (let kh = 0; kh < filterHeight; kh++) {
        const tap = (filterHeight - 1 - kh) * filterWidth + (filterWidth - 1 - kw);
        const to = tap * inChannels * outChannels + o;
        const from = ((kw * outChannels + o) * filterHeight + kh) * inChannels;
        for (let i = 0; i < inChannels; i++) target[to + i * outChannels]! += part[from + i]!;
      }
}

/**
 * The gradient of a convolution with respect to its filter, which the backend lacks. Of x and dy the one with
 * fewer channels is moved: moving takes a copy for each column of the filter.
 */
export const convFilterGradient = defineKernel('Conv2DBackpropFilter', (backend, { x, dy }, attributes) => {
  const info = conv2DInfo(x!.shape as Shape4D, attributes.filterShape as Shape4D, attributes);
  const { filterHeight, filterWidth, inChannels, outChannels, strideHeight, strideWidth, padInfo } = info;
  const result = backend.makeOutput([filterHeight, filterWidth, inChannels, outChannels], 'float32');
  floats(backend, result).fill(0);
  const strided = strideHeight > 1 || strideWidth > 1;
  const dense = strided ? withoutStrides(backend, dy!, info) : dy!;
  const size = { filterHeight, filterWidth };
  if (inChannels <= outChannels)
    correlate(backend, { shifted: x!, fixed: dense, ...size, top: padInfo.top, left: padInfo.left }, (part) =>
      addDirect(floats(backend, result), part, info),
    );
  else
    correlate(
      backend,
      {
        shifted: dense,
        fixed: x!,
        ...size,
        top: filterHeight - 1 - padInfo.top,
        left: filterWidth - 1 - padInfo.left,
      },
      (part) => addReversed(floats(backend, result), part, info),
    );
  if (strided) backend.disposeData(dense.dataId);
  return result;
});
