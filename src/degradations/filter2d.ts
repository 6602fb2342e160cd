import { correlate, layoutOf, oneRun, reflectColumns, reflectPlanes } from '../simd/float/index.js';
import type { Kernel } from './blur/kernels.js';
import type { FloatImage } from './define.js';
import { kernelRuns, trimmed, trimmedRow } from './filter-trim.js';
import { reflectInto } from './reflect.js';

type NewImage = (width: number, height: number) => FloatImage;

/**
 * Correlates each channel with a kernel, in place, with reflected borders and without a clamp (BasicSR's
 * filter2D; unlike there the image may be smaller than the kernel). Sums are taken in float32, each row of the
 * kernel on its own. Weights at the edge of the kernel that float32 images cannot show are left out.
 */
export function filter2d(image: FloatImage, kernel: Kernel, newImage: NewImage): void {
  const { radius, rows } = trimmed(kernel);
  if (radius === 0 && kernel.weights[kernel.weights.length >> 1] === 1) return;
  const { width, height } = image;
  const padded = newImage(width + 2 * radius, height + 2 * radius);
  reflectInto(image, padded, radius);
  correlate({
    source: padded.data,
    from: layoutOf(padded.width, padded.height),
    step: 1,
    runs: kernelRuns(kernel, radius, rows, padded.width),
    out: image.data,
    to: layoutOf(width, height),
    width,
    height,
    planes: 3,
  });
}

/** The same for a kernel that is the product of `row` with itself: first along columns, then along rows. */
export function filterSeparable(image: FloatImage, row: Float32Array, newImage: NewImage): void {
  const weights = trimmedRow(row);
  if (weights.length === 1 && weights[0] === 1) return;
  const radius = weights.length >> 1;
  const { width, height } = image;
  const tall = newImage(width, height + 2 * radius);
  const wide = newImage(width + 2 * radius, height);
  const runs = oneRun(weights);
  const size = { width, height, planes: 3 };
  reflectPlanes(image.data, tall.data, { ...size, across: 0, down: radius });
  correlate({
    source: tall.data,
    from: layoutOf(width, tall.height),
    step: width,
    runs,
    out: wide.data,
    to: layoutOf(wide.width, height, radius),
    ...size,
  });
  reflectColumns(wide.data, width, radius, 3 * height);
  correlate({
    source: wide.data,
    from: layoutOf(wide.width, height),
    step: 1,
    runs,
    out: image.data,
    to: layoutOf(width, height),
    ...size,
  });
}
