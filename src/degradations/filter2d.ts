import type { Kernel } from './blur/kernels.js';
import type { FloatImage } from './define.js';
import { reflectInto } from './reflect.js';

type NewImage = (width: number, height: number) => FloatImage;

/**
 * Correlates each channel with a kernel, in place, with reflected borders and without a clamp (BasicSR's
 * filter2D; unlike there the image may be smaller than the kernel). Sums are taken in double precision.
 */
export function filter2d(image: FloatImage, kernel: Kernel, newImage: NewImage): void {
  const { size, weights } = trimmed(kernel);
  if (size === 1 && weights[0] === 1) return;
  const radius = size >> 1;
  const padded = newImage(image.width + 2 * radius, image.height + 2 * radius);
  reflectInto(image, padded, radius);
  const source = padded.data;
  for (let plane = 0; plane < 3; plane++) {
    for (let y = 0; y < image.height; y++) {
      const from = (plane * padded.height + y) * padded.width;
      const to = (plane * image.height + y) * image.width;
      let x = 0;
      for (; x + 4 <= image.width; x += 4) {
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let row = 0, w = 0, at = from + x; row < size; row++, at += padded.width - size) {
          for (let column = 0; column < size; column++, w++, at++) {
            const weight = weights[w];
            s0 += weight * source[at];
            s1 += weight * source[at + 1];
            s2 += weight * source[at + 2];
            s3 += weight * source[at + 3];
          }
        }
        image.data[to + x] = s0;
        image.data[to + x + 1] = s1;
        image.data[to + x + 2] = s2;
        image.data[to + x + 3] = s3;
      }
      for (; x < image.width; x++) {
        let sum = 0;
        for (let row = 0, w = 0, at = from + x; row < size; row++, at += padded.width - size) {
          for (let column = 0; column < size; column++, w++, at++) sum += weights[w] * source[at];
        }
        image.data[to + x] = sum;
      }
    }
  }
}

/** The same for a kernel that is the product of `row` with itself: first along rows, then along columns. */
export function filterSeparable(image: FloatImage, row: Float32Array, newImage: NewImage): void {
  const weights = trimmedRow(row);
  const size = weights.length;
  if (size === 1 && weights[0] === 1) return;
  const radius = size >> 1;
  const padded = newImage(image.width + 2 * radius, image.height + 2 * radius);
  reflectInto(image, padded, radius);
  const lines = 3 * padded.height;
  // In place: a sum needs only what lies at or after the place it is written to.
  for (let line = 0; line < lines; line++) {
    const start = line * padded.width;
    correlate(padded.data, start, 1, weights, padded.data, start, image.width);
  }
  for (let plane = 0; plane < 3; plane++) {
    for (let y = 0; y < image.height; y++) {
      const from = (plane * padded.height + y) * padded.width;
      const to = (plane * image.height + y) * image.width;
      correlate(padded.data, from, padded.width, weights, image.data, to, image.width);
    }
  }
}

/** `width` neighbouring sums of values that lie `step` apart. */
function correlate(
  source: Float32Array,
  from: number,
  step: number,
  weights: Float32Array,
  target: Float32Array,
  to: number,
  width: number,
): void {
  const size = weights.length;
  let x = 0;
  for (; x + 4 <= width; x += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0, at = from + x; k < size; k++, at += step) {
      const weight = weights[k];
      s0 += weight * source[at];
      s1 += weight * source[at + 1];
      s2 += weight * source[at + 2];
      s3 += weight * source[at + 3];
    }
    target[to + x] = s0;
    target[to + x + 1] = s1;
    target[to + x + 2] = s2;
    target[to + x + 3] = s3;
  }
  for (; x < width; x++) {
    let sum = 0;
    for (let k = 0, at = from + x; k < size; k++, at += step) sum += weights[k] * source[at];
    target[to + x] = sum;
  }
}

/** Rings of weights that float32 images cannot show are left out; the rest adds up to 1 within 1e-7. */
const invisible = 1e-7;

function trimmed({ size, weights }: Kernel): Kernel {
  const radius = size >> 1;
  const rings = new Float64Array(radius + 1);
  for (let i = 0; i < weights.length; i++) {
    const x = Math.abs((i % size) - radius);
    const y = Math.abs(Math.floor(i / size) - radius);
    rings[Math.max(x, y)] += Math.abs(weights[i]);
  }
  const kept = visible(rings);
  const inner = 2 * kept + 1;
  const cut = radius - kept;
  const rest = new Float32Array(inner * inner);
  for (let y = 0; y < inner; y++) {
    rest.set(weights.subarray((y + cut) * size + cut, (y + cut) * size + cut + inner), y * inner);
  }
  return { size: inner, weights: rest };
}

function trimmedRow(row: Float32Array): Float32Array {
  const radius = row.length >> 1;
  const rings = Float64Array.from(
    { length: radius + 1 },
    (_, i) => row[radius - i] + (i ? row[radius + i] : 0),
  );
  const kept = visible(rings);
  return row.subarray(radius - kept, radius + kept + 1);
}

/** The outermost ring that must stay. */
function visible(rings: Float64Array): number {
  let last = rings.length - 1;
  for (let lost = rings[last]; last > 0 && lost < invisible; lost += rings[last]) last--;
  return last;
}
