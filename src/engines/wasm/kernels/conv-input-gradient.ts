import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { convInfo } from './conv-info.js';
import { defineQuickKernel, floats, run } from './define.js';

type Filter = [number, number, number, number];

/** The filter turned by 180 degrees with its channels exchanged: [kh, kw, out, in]. */
function turned(backend: BackendWasm, filter: TensorInfo): TensorInfo {
  const [height, width, inputs, outputs] = filter.shape as Filter;
  const result = backend.makeOutput([height, width, outputs, inputs], 'float32');
  const source = floats(backend, filter);
  const target = floats(backend, result);
  const taps = height * width;
  const area = inputs * outputs;
  for (let tap = 0; tap < taps; tap++) {
    const from = (taps - 1 - tap) * area;
    const to = tap * area;
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) target[to + o * inputs + i] = source[from + i * outputs + o]!;
  }
  return result;
}

/**
 * The gradient of a convolution with respect to its input is, at stride 1, a convolution of the output's
 * gradient with the turned filter: about ten times faster than the backend's own loop.
 */
export const convInputGradient = defineQuickKernel(
  'Conv2DBackpropInput',
  (backend, { dy, filter }, attributes) => {
    const info = convInfo(attributes.inputShape as Filter, filter!.shape as Filter, attributes);
    if (!info) return undefined;
    const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth } = info;
    const top = filterHeight - 1 - info.padInfo.top;
    const left = filterWidth - 1 - info.padInfo.left;
    const bottom = inHeight - outHeight + filterHeight - 1 - top;
    const right = inWidth - outWidth + filterWidth - 1 - left;
    if (Math.min(top, left, bottom, right) < 0) return undefined;
    const pad: backend_util.ExplicitPadding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    const weights = turned(backend, filter!);
    const gradient = run(
      'Conv2D',
      backend,
      { x: dy!, filter: weights },
      { ...attributes, pad, dilations: 1 },
    );
    backend.disposeData(weights.dataId);
    return gradient;
  },
);
