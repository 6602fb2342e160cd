import { filterPlanes, filterTurned, reflectPlanes, reflectRows } from '../simd/float/index.js';
import type { Kernel } from './blur/kernels.js';
import type { FloatImage } from './define.js';
import { trimmed, trimmedRow } from './filter-trim.js';

type NewImage = (width: number, height: number) => FloatImage;

/**
 * Correlates each channel with a kernel, in place, with reflected borders and without a clamp (BasicSR's
 * filter2D; unlike there the image may be smaller than the kernel). Sums are taken in float32, row by row.
 * Weights at the edge of the kernel that float32 images cannot show are left out.
 */
export function filter2d(image: FloatImage, kernel: Kernel, newImage: NewImage): void {
  const { radius, weights } = trimmed(kernel);
  if (radius === 0 && weights.values[0] === 1) return;
  const { width, height, data } = image;
  const padded = newImage(width + 2 * radius, height + 2 * radius);
  reflectPlanes(data, padded.data, { width, height, planes: 3, across: radius, down: radius });
  filterPlanes({ source: padded.data, from: padded, weights, out: data, width, height, planes: 3 });
}

/** The same for a kernel that is the product of `row` with itself: first along columns, then along rows. */
export function filterSeparable(image: FloatImage, row: Float32Array, newImage: NewImage): void {
  const weights = trimmedRow(row);
  if (weights.length === 1 && weights[0] === 1) return;
  const radius = weights.length >> 1;
  const { width, height, data } = image;
  const tall = newImage(width, height + 2 * radius);
  // Columns become rows, so that both passes go along columns, where neighbouring sums share what they read.
  const turned = newImage(height, width + 2 * radius);
  const plane = turned.width * turned.height;
  reflectPlanes(data, tall.data, { width, height, planes: 3, across: 0, down: radius });
  filterTurned({
    source: tall.data,
    weights,
    width,
    height,
    planes: 3,
    out: turned.data,
    to: { at: radius * height, plane },
  });
  reflectRows(turned.data, { width: height, height: width, planes: 3, down: radius });
  filterTurned({
    source: turned.data,
    weights,
    width: height,
    height: width,
    planes: 3,
    out: data,
    to: { at: 0, plane: width * height },
  });
}
