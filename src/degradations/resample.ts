import type { FloatImage, Size } from './define.js';
import { type Filter, filters, type Taps, taps } from './resample-taps.js';

type NewImage = (width: number, height: number) => FloatImage;

/**
 * Antialiased resize, first along rows, then along columns (as Pillow and torch); no clamp, so bicubic and
 * lanczos3 may overshoot. A dimension that keeps its size is passed over. Sums are taken in double precision.
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

/** Four rows at a time, which share the weights and keep four sums going. */
function alongRows(from: FloatImage, to: FloatImage, { count, starts, weights }: Taps): void {
  const rows = 3 * from.height;
  const source = from.data;
  const target = to.data;
  let y = 0;
  for (; y + 4 <= rows; y += 4) {
    const r0 = y * from.width;
    const r1 = r0 + from.width;
    const r2 = r1 + from.width;
    const r3 = r2 + from.width;
    for (let x = 0, w = 0; x < to.width; x++) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      const start = starts[x];
      for (let k = 0; k < count; k++, w++) {
        const weight = weights[w];
        const at = start + k;
        s0 += weight * source[r0 + at];
        s1 += weight * source[r1 + at];
        s2 += weight * source[r2 + at];
        s3 += weight * source[r3 + at];
      }
      const out = y * to.width + x;
      target[out] = s0;
      target[out + to.width] = s1;
      target[out + 2 * to.width] = s2;
      target[out + 3 * to.width] = s3;
    }
  }
  for (; y < rows; y++) {
    for (let x = 0, w = 0; x < to.width; x++) {
      let sum = 0;
      const start = y * from.width + starts[x];
      for (let k = 0; k < count; k++, w++) sum += weights[w] * source[start + k];
      target[y * to.width + x] = sum;
    }
  }
}

/** Four columns at a time. */
function alongColumns(from: FloatImage, to: FloatImage, { count, starts, weights }: Taps): void {
  const { width } = from;
  const source = from.data;
  const target = to.data;
  for (let plane = 0; plane < 3; plane++) {
    for (let y = 0; y < to.height; y++) {
      const first = (plane * from.height + starts[y]) * width;
      const out = (plane * to.height + y) * width;
      let x = 0;
      for (; x + 4 <= width; x += 4) {
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let k = 0, w = y * count, at = first + x; k < count; k++, w++, at += width) {
          const weight = weights[w];
          s0 += weight * source[at];
          s1 += weight * source[at + 1];
          s2 += weight * source[at + 2];
          s3 += weight * source[at + 3];
        }
        target[out + x] = s0;
        target[out + x + 1] = s1;
        target[out + x + 2] = s2;
        target[out + x + 3] = s3;
      }
      for (; x < width; x++) {
        let sum = 0;
        for (let k = 0, w = y * count, at = first + x; k < count; k++, w++, at += width) {
          sum += weights[w] * source[at];
        }
        target[out + x] = sum;
      }
    }
  }
}
