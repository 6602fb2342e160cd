import { premultiply, unpremultiply } from './premultiply.js';
import { BITS, lanczosTaps, type Taps } from './taps.js';
import type { Image, Mode } from './types.js';

/** The resampler in plain JavaScript, which defines the bytes of both modes. Pure. */
export function resampleScalar(image: Image, width: number, height: number, mode: Mode): Image {
  if (width === image.width && height === image.height) return copy(image);
  if (image.channels === 3) return resampleChannels(image, width, height, mode);
  return unpremultiply(resampleChannels(premultiply(image), width, height, mode));
}

function resampleChannels(image: Image, width: number, height: number, mode: Mode): Image {
  const bits = BITS[mode];
  const wide = resampleColumns(image, lanczosTaps(image.width, width, mode), bits);
  return resampleRows(wide, lanczosTaps(image.height, height, mode), bits);
}

const empty = (width: number, height: number, channels: 3 | 4): Image => ({
  data: new Uint8Array(width * height * channels),
  width,
  height,
  channels,
  stride: width * channels,
});

function copy({ data, width, height, channels, stride }: Image): Image {
  const target = empty(width, height, channels);
  for (let y = 0; y < height; y++)
    target.data.set(data.subarray(y * stride, y * stride + target.stride), y * target.stride);
  return target;
}

/** Each row by itself: the columns of the result are sums of columns. */
function resampleColumns(source: Image, taps: Taps, bits: number): Image {
  const target = empty(taps.length, source.height, source.channels);
  const clamped = new Uint8ClampedArray(target.data.buffer);
  const sums = source.channels === 3 ? columns3 : columns4;
  for (let y = 0; y < source.height; y++)
    sums(source.data, y * source.stride, clamped, y * target.stride, taps, bits);
  return target;
}

function columns3(
  from: Uint8Array,
  fromRow: number,
  to: Uint8ClampedArray,
  toRow: number,
  taps: Taps,
  bits: number,
): void {
  const { starts, counts, weights, size, length } = taps;
  const half = 1 << (bits - 1);
  let at = toRow;
  for (let x = 0; x < length; x++) {
    let r = half;
    let g = half;
    let b = half;
    let p = fromRow + starts[x] * 3;
    let k = x * size;
    for (const end = k + counts[x]; k < end; k++) {
      const w = weights[k];
      r = (r + Math.imul(from[p], w)) | 0;
      g = (g + Math.imul(from[p + 1], w)) | 0;
      b = (b + Math.imul(from[p + 2], w)) | 0;
      p += 3;
    }
    to[at] = r >> bits;
    to[at + 1] = g >> bits;
    to[at + 2] = b >> bits;
    at += 3;
  }
}

function columns4(
  from: Uint8Array,
  fromRow: number,
  to: Uint8ClampedArray,
  toRow: number,
  taps: Taps,
  bits: number,
): void {
  const { starts, counts, weights, size, length } = taps;
  for (let x = 0; x < length; x++)
    for (let c = 0; c < 4; c++) {
      let sum = 1 << (bits - 1);
      for (let k = 0; k < counts[x]; k++)
        sum = (sum + Math.imul(from[fromRow + (starts[x] + k) * 4 + c], weights[x * size + k])) | 0;
      to[toRow + x * 4 + c] = sum >> bits;
    }
}

/** The rows of the result are sums of rows. */
function resampleRows(source: Image, taps: Taps, bits: number): Image {
  const target = empty(source.width, taps.length, source.channels);
  const clamped = new Uint8ClampedArray(target.data.buffer);
  const row = source.width * source.channels;
  const sums = new Int32Array(row);
  for (let y = 0; y < taps.length; y++) {
    sums.fill(1 << (bits - 1));
    for (let k = 0; k < taps.counts[y]; k++)
      addRow(source.data, (taps.starts[y] + k) * source.stride, sums, taps.weights[y * taps.size + k]);
    for (let i = 0; i < row; i++) clamped[y * row + i] = sums[i] >> bits;
  }
  return target;
}

function addRow(from: Uint8Array, at: number, sums: Int32Array, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] + Math.imul(from[at + i], weight)) | 0;
}
