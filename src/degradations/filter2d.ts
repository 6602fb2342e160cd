import {
  filterColumns,
  filterPlanes,
  filterTiles,
  filterTurned,
  longEnough,
  reflectAround,
  reflectPlanes,
  reflectRows,
  spanOf,
  tilingFor,
  type Weights,
} from '../simd/float/index.js';
import type { Kernel } from './blur/kernels.js';
import type { FloatImage } from './define.js';
import { trimmed, trimmedRow } from './filter-trim.js';
import { copyPart, grown, type Part, planeOf, planesOf, wholeOf } from './part.js';

type NewImage = (width: number, height: number) => FloatImage;

/**
 * Correlates each channel with a kernel, in place, with reflected borders and without a clamp (BasicSR's
 * filter2D; unlike there the image may be smaller than the kernel). Sums are taken in float32, row by row, or by Fourier
 * transforms where those cost less and the kernel is symmetric. Weights at the edge of the kernel that float32 images
 * cannot show are left out.
 */
export function filter2d(image: FloatImage, kernel: Kernel, newImage: NewImage): void {
  const { radius, weights } = trimmed(kernel);
  if (radius === 0 && weights.values[0] === 1) return;
  const { width, height, data } = image;
  const tiling = isSymmetric(weights.values) && tilingFor(width, height, radius, tapsOf(weights));
  if (tiling) {
    const span = spanOf(tiling);
    const source = newImage(span.width, span.height).data;
    reflectAround(data, image, source, { ...span, left: tiling.left, top: radius });
    filterTiles({ tiling, source, weights: weights.values, out: data, width, height, planes: 3 });
    return;
  }
  const padded = newImage(width + 2 * radius, height + 2 * radius);
  reflectPlanes(data, padded.data, { width, height, planes: 3, across: radius, down: radius });
  filterPlanes({ source: padded.data, from: padded, weights, out: data, width, height, planes: 3 });
}

const isSymmetric = (weights: Float32Array): boolean =>
  weights.every((weight, i) => weight === weights[weights.length - 1 - i]);

const tapsOf = ({ spans }: Weights): number =>
  spans.reduce((sum, { first, last }) => sum + Math.max(0, last - first + 1), 0);

/** The same for a kernel that is the product of `row` with itself: first along columns, then along rows. */
export function filterSeparable(image: FloatImage, row: Float32Array, newImage: NewImage): void {
  const weights = trimmedRow(row);
  if (weights.length === 1 && weights[0] === 1) return;
  if (longEnough(weights, image)) filterLongPart(image, weights, wholeOf(image), image, newImage);
  else filterShort(image, weights, newImage);
}

/** A part of what `filterSeparable` makes of an image or a plane, into one of the part's size; `image` stays. */
export function filterPart(
  image: FloatImage,
  row: Float32Array,
  part: Part,
  out: FloatImage,
  newImage: NewImage,
): void {
  const weights = trimmedRow(row);
  if (longEnough(weights, part)) {
    filterLongPart(image, weights, part, out, newImage);
    return;
  }
  const around = grown(part, weights.length >> 1, image);
  const room = newImage(around.width, around.height);
  const copy = planesOf(image) === 1 ? planeOf(room, 0) : room;
  copyPart(image, around, copy);
  filterShort(copy, weights, newImage);
  copyPart(copy, { ...part, x: part.x - around.x, y: part.y - around.y }, out);
}

function filterLongPart(
  image: FloatImage,
  weights: Float32Array,
  part: Part,
  out: FloatImage,
  newImage: NewImage,
): void {
  const { x, width } = grown(part, weights.length >> 1, image);
  // Columns become rows, so that both passes go along columns, where neighbouring sums share what they read. Plane by
  // plane, since one of them still is in the cache for the second pass.
  const turned = planeOf(newImage(part.height, width), 0);
  for (let plane = 0; plane < planesOf(image); plane++) {
    filterColumns({
      source: planeOf(image, plane).data,
      from: image,
      window: { x, y: part.y, width, height: part.height },
      planes: 1,
      weights,
      out: turned.data,
    });
    filterColumns({
      source: turned.data,
      from: turned,
      window: { x: 0, y: part.x - x, width: part.height, height: part.width },
      planes: 1,
      weights,
      out: planeOf(out, plane).data,
    });
  }
}

function filterShort(image: FloatImage, weights: Float32Array, newImage: NewImage): void {
  const planes = planesOf(image);
  const radius = weights.length >> 1;
  const { width, height, data } = image;
  const tall = newImage(width, height + 2 * radius);
  // Columns become rows, so that both passes go along columns, where neighbouring sums share what they read.
  const turned = newImage(height, width + 2 * radius);
  const plane = turned.width * turned.height;
  reflectPlanes(data, tall.data, { width, height, planes, across: 0, down: radius });
  filterTurned({
    source: tall.data,
    weights,
    width,
    height,
    planes,
    out: turned.data,
    to: { at: radius * height, plane },
  });
  reflectRows(turned.data, { width: height, height: width, planes, down: radius });
  filterTurned({
    source: turned.data,
    weights,
    width: height,
    height: width,
    planes,
    out: data,
    to: { at: 0, plane: width * height },
  });
}
