import { EsrganError } from '../errors.js';
import type { Pixels } from '../images/pixels.js';
import { type MetricOptions, type Plane, planesOf } from './planes.js';

const SIZE = 11;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

const weights = ((): Float64Array => {
  const raw = Float64Array.from({ length: SIZE }, (_, i) =>
    Math.exp(-((i - (SIZE - 1) / 2) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((value) => value / sum);
})();

/**
 * Structural similarity (Wang et al. 2004) of two 8-bit RGB images of the same size, as BasicSR's calculate_ssim:
 * Gaussian window of 11 x 11 with sigma 1.5 where it lies wholly within the image, mean over pixels and channels.
 * At most 1, for equal images. Alpha is not looked at.
 * @throws EsrganError `METRIC_SIZES`, also when fewer than 11 pixels are left in a direction
 */
export function ssim(a: Pixels, b: Pixels, options: MetricOptions = {}): number {
  let sum = 0;
  let channels = 0;
  for (const [one, other] of planesOf(a, b, options)) {
    checkSize(one);
    sum += similarity(one, other);
    channels++;
  }
  return sum / channels;
}

function checkSize({ width, height }: Plane): void {
  if (Math.min(width, height) >= SIZE) return;
  throw new EsrganError('METRIC_SIZES', `SSIM looks at ${SIZE}x${SIZE} pixels; ${width}x${height} are left`, {
    remedy: 'Choose larger pictures, or a smaller crop_border.',
  });
}

/** Means over five quantities at once, row by row, so that memory grows with the width alone. */
function similarity(a: Plane, b: Plane): number {
  const width = a.width - SIZE + 1;
  const height = a.height - SIZE + 1;
  const rows = Array.from({ length: SIZE }, () => new Float64Array(5 * width));
  const sums = new Float64Array(5 * width);
  let total = 0;
  for (let y = 0; y < a.height; y++) {
    filterRow(a, b, y, rows[y % SIZE]!);
    if (y < SIZE - 1) continue;
    sums.fill(0);
    for (let k = 0; k < SIZE; k++) {
      const row = rows[(y - SIZE + 1 + k) % SIZE]!;
      const weight = weights[k]!;
      for (let i = 0; i < sums.length; i++) sums[i]! += weight * row[i]!;
    }
    for (let i = 0; i < sums.length; i += 5) total += at(sums, i);
  }
  return total / (width * height);
}

/** Per pixel: a, b, a a, b b, a b, each averaged along the row. */
function filterRow(a: Plane, b: Plane, y: number, out: Float64Array): void {
  const start = y * a.width;
  for (let x = 0, i = 0; i < out.length; x++, i += 5) {
    let [ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0];
    for (let k = 0; k < SIZE; k++) {
      const p = a.data[start + x + k]!;
      const q = b.data[start + x + k]!;
      const weight = weights[k]!;
      ma += weight * p;
      mb += weight * q;
      aa += weight * p * p;
      bb += weight * q * q;
      ab += weight * p * q;
    }
    out[i] = ma;
    out[i + 1] = mb;
    out[i + 2] = aa;
    out[i + 3] = bb;
    out[i + 4] = ab;
  }
}

function at(sums: Float64Array, i: number): number {
  const ma = sums[i]!;
  const mb = sums[i + 1]!;
  const varianceA = sums[i + 2]! - ma * ma;
  const varianceB = sums[i + 3]! - mb * mb;
  const covariance = sums[i + 4]! - ma * mb;
  return (
    ((2 * ma * mb + C1) * (2 * covariance + C2)) / ((ma * ma + mb * mb + C1) * (varianceA + varianceB + C2))
  );
}
