import { correlate, layoutOf, runPerOutput, sumRows } from '../simd/float/index.js';
import type { FloatImage, Size } from './define.js';
import { type Filter, filters, type Taps, taps } from './resample-taps.js';

type NewImage = (width: number, height: number) => FloatImage;

/**
 * Antialiased resize, first along rows, then along columns (as Pillow and torch); no clamp, so bicubic and
 * lanczos3 may overshoot. A dimension that keeps its size is passed over. Sums are taken in float32.
 */
export function resample(image: FloatImage, to: Size, filter: Filter, newImage: NewImage): FloatImage {
  const across = to.width === image.width ? undefined : taps(image.width, to.width, filter);
  const down = to.height === image.height ? undefined : taps(image.height, to.height, filter);
  return resampleBy(image, across, down, newImage);
}

/** The same with weights of one's own; a dimension without them is passed over. */
export function resampleBy(
  image: FloatImage,
  across: Taps | undefined,
  down: Taps | undefined,
  newImage: NewImage,
): FloatImage {
  let result = image;
  if (across) {
    const next = newImage(across.starts.length, result.height);
    alongRows(result, next, across);
    result = next;
  }
  if (down) {
    const next = newImage(result.width, down.starts.length);
    alongColumns(result, next, down);
    result = next;
  }
  return result;
}

/** Input pixels around a point that may influence a resampled value. */
export function resampleReach(from: Size, to: Size, filter: Filter): number {
  const stretch = Math.max(1, from.width / to.width, from.height / to.height);
  return Math.ceil(filters[filter].support * stretch) + 1;
}

function alongRows(from: FloatImage, to: FloatImage, { count, starts, weights }: Taps): void {
  sumRows({
    source: from.data,
    width: from.width,
    rows: 3 * from.height,
    runs: runPerOutput(starts, weights, count),
    out: to.data,
    outWidth: to.width,
  });
}

function alongColumns(from: FloatImage, to: FloatImage, { count, starts, weights }: Taps): void {
  const { width, height } = to;
  correlate({
    source: from.data,
    from: { at: 0, row: 0, plane: width * from.height },
    step: width,
    runs: runPerOutput(starts, weights, count, width),
    runsRow: 2 + count,
    out: to.data,
    to: layoutOf(width, height),
    width,
    height,
    planes: 3,
  });
}
