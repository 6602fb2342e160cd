import { jpegInMemory } from '../../simd/float/index.js';
import { floatToBytes } from '../convert.js';
import type { FloatImage } from '../define.js';
import { compressPlane, factorsOf } from './blocks.js';
import { enlargeChroma, reduceChroma } from './chroma.js';
import { codecSteps } from './tables.js';

export const subsamplings = ['4:4:4', '4:2:2', '4:2:0'] as const;
export type Subsampling = (typeof subsamplings)[number];

/** Used again by each call; a call never waits, so there is one at a time. */
let scratch = new Uint8Array(0);

/**
 * What libjpeg (with its default, accurate DCT and fancy upsampling) makes of an image, in place and equal bit for
 * bit: rounded to 8 bits, compressed, decoded. The entropy coding is left out, since it loses nothing.
 */
export function jpegCodec(image: FloatImage, quality: number, subsampling: Subsampling): void {
  const { width, height } = image;
  const across = subsampling === '4:4:4' ? 1 : 2;
  const down = subsampling === '4:2:0' ? 2 : 1;
  const { lumaSteps, chromaSteps } = codecSteps(quality);
  if (jpegInMemory(image, across, down, [lumaSteps, chromaSteps].map(withFactors))) return;
  const stride = roundUp(width, 8 * across);
  const rows = roundUp(height, 8 * down);
  const plane = stride * rows;
  if (scratch.length < 6 * plane) scratch = new Uint8Array(6 * plane);
  const [luma, blue, red, reduced] = [0, 1, 2, 3].map((i) => scratch.subarray(i * plane, (i + 1) * plane));
  // The interleaved bytes lie where the reduced chroma comes later.
  const bytes = scratch.subarray(3 * plane, 3 * plane + 3 * width * height);
  floatToBytes(image, { x: 0, y: 0, width, height }, bytes);
  toLumaChroma(bytes, width, height, stride, [luma, blue, red]);
  repeatLastRow(luma, stride, height, rows);
  compressPlane(luma, stride, roundUp(height, 8), lumaSteps);
  for (const samples of [blue, red]) {
    if (across === 1) {
      repeatLastRow(samples, stride, height, rows);
      compressPlane(samples, stride, rows, chromaSteps);
      continue;
    }
    const full = { samples, stride, height };
    reduceChroma(full, down, reduced);
    repeatLastRow(reduced, stride >> 1, Math.ceil(height / down), rows / down);
    compressPlane(reduced, stride >> 1, rows / down, chromaSteps);
    enlargeChroma(reduced, full, Math.ceil(width / 2), down);
  }
  toRgb(image, stride, [luma, blue, red]);
}

const withFactors = (steps: Int32Array) => ({ steps, factors: factorsOf(steps) });

type Planes = readonly [luma: Uint8Array, blue: Uint8Array, red: Uint8Array];

const roundUp = (length: number, unit: number): number => Math.ceil(length / unit) * unit;

function repeatLastRow(samples: Uint8Array, stride: number, height: number, rows: number): void {
  for (let y = height; y < rows; y++) samples.copyWithin(y * stride, (height - 1) * stride, height * stride);
}

/** JFIF colours in integers with 16 bits after the point; the last column is repeated up to the stride. */
function toLumaChroma(
  bytes: Uint8Array,
  width: number,
  height: number,
  stride: number,
  [luma, blue, red]: Planes,
): void {
  const centre = (128 << 16) + 32767;
  for (let y = 0, from = 0; y < height; y++) {
    let to = y * stride;
    for (let x = 0; x < width; x++, from += 3, to++) {
      const r = bytes[from];
      const g = bytes[from + 1];
      const b = bytes[from + 2];
      luma[to] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
      blue[to] = (32768 * b - 11059 * r - 21709 * g + centre) >> 16;
      red[to] = (32768 * r - 27439 * g - 5329 * b + centre) >> 16;
    }
    const end = (y + 1) * stride;
    for (const samples of [luma, blue, red]) samples.fill(samples[to - 1], to, end);
  }
}

/** Float32 value of each 8-bit level, with room for levels that must be clamped. */
const clamped = Float32Array.from({ length: 1024 }, (_, i) => Math.min(255, Math.max(0, i - 384)) / 255);

function toRgb(image: FloatImage, stride: number, [luma, blue, red]: Planes): void {
  const { width, height, data } = image;
  const plane = width * height;
  for (let y = 0, to = 0; y < height; y++) {
    let from = y * stride;
    for (let x = 0; x < width; x++, from++, to++) {
      const level = luma[from] + 384;
      const cb = blue[from] - 128;
      const cr = red[from] - 128;
      data[to] = clamped[level + ((91881 * cr + 32768) >> 16)];
      data[to + plane] = clamped[level + ((32768 - 22554 * cb - 46802 * cr) >> 16)];
      data[to + 2 * plane] = clamped[level + ((116130 * cb + 32768) >> 16)];
    }
  }
}
