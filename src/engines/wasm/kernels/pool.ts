import { backend_util } from '@tensorflow/tfjs-core';
import { defineKernel, floats, sizeOf } from './define.js';

type Shape4D = [number, number, number, number];
type Pool = Parameters<typeof backend_util.computePool2DInfo>;

/**
 * The gradient of max pooling goes to the first pixel of each window that is the largest. tfjs' kernel takes the
 * first of all where none is above zero.
 */
export const maxPoolGradient = defineKernel('MaxPoolGrad', (backend, { dy, input, output }, attributes) => {
  const shape = input!.shape as Shape4D;
  const info = backend_util.computePool2DInfo(
    shape,
    attributes.filterSize as Pool[1],
    attributes.strides as Pool[2],
    1,
    attributes.pad as Pool[4],
    attributes.dimRoundingMode as Pool[5],
  );
  const out = backend.makeOutput(shape, 'float32');
  const [dx, x, y, gradient] = [
    floats(backend, out),
    floats(backend, input!),
    floats(backend, output!),
    floats(backend, dy!),
  ];
  dx.fill(0, 0, sizeOf(shape));
  const { batchSize, outHeight, outWidth, inHeight, inWidth, inChannels } = info;
  let k = 0;
  for (let n = 0; n < batchSize; n++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++) {
        const top = row * info.strideHeight - info.padInfo.top;
        const left = column * info.strideWidth - info.padInfo.left;
        const bottom = Math.min(inHeight, top + info.filterHeight);
        const right = Math.min(inWidth, left + info.filterWidth);
        for (let c = 0; c < inChannels; c++, k++) {
          const at = firstOf(y[k]!, top, bottom, left, right, n, c);
          if (at >= 0) dx[at]! += gradient[k]!;
        }
      }
  return out;

  function firstOf(
    value: number,
    top: number,
    bottom: number,
    left: number,
    right: number,
    n: number,
    c: number,
  ): number {
    for (let i = Math.max(0, top); i < bottom; i++)
      for (let j = Math.max(0, left); j < right; j++) {
        const at = ((n * inHeight + i) * inWidth + j) * inChannels + c;
        if (x[at] === value) return at;
      }
    return -1;
  }
});
