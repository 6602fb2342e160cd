import type { Pixels } from '../pixels.js';
import { lanczosTaps, type Taps } from './lanczos.js';
import { premultiply, unpremultiply } from './premultiply.js';

const BITS = 22;
const HALF = 1 << (BITS - 1);

/**
 * Lanczos of Pillow, bit for bit: columns first, then rows, each rounded to 8 bits with weights of 22
 * fractional bits. RGBA is filtered with colours multiplied by alpha, as Pillow does. Pure and synchronous.
 */
export function resamplePillow(pixels: Pixels, width: number, height: number): Pixels {
  if (pixels.channels === 4) {
    const premultiplied = resampleChannels(premultiply(pixels), width, height);
    return unpremultiply(premultiplied);
  }
  return resampleChannels(pixels, width, height);
}

function resampleChannels(pixels: Pixels, width: number, height: number): Pixels {
  const vertical = lanczosTaps(pixels.height, height, BITS);
  const wide = width === pixels.width ? pixels : resampleRows(pixels, lanczosTaps(pixels.width, width, BITS));
  return height === pixels.height ? wide : resampleColumns(wide, vertical);
}

const empty = (width: number, height: number, channels: 3 | 4): Pixels => ({
  data: new Uint8Array(width * height * channels),
  width,
  height,
  channels,
  stride: width * channels,
});

function resampleRows(source: Pixels, taps: Taps): Pixels {
  const target = empty(taps.length, source.height, source.channels);
  const clamped = new Uint8ClampedArray(target.data.buffer);
  const rows = source.channels === 3 ? row3 : row4;
  for (let y = 0; y < source.height; y++)
    rows(source.data, y * source.stride, clamped, y * target.stride, taps);
  return target;
}

function row3(from: Uint8Array, fromRow: number, to: Uint8ClampedArray, toRow: number, taps: Taps): void {
  const { starts, counts, weights, size, length } = taps;
  let at = toRow;
  for (let x = 0; x < length; x++) {
    let r = HALF;
    let g = HALF;
    let b = HALF;
    let p = fromRow + starts[x] * 3;
    let k = x * size;
    for (const end = k + counts[x]; k < end; k++) {
      const w = weights[k];
      r = (r + Math.imul(from[p], w)) | 0;
      g = (g + Math.imul(from[p + 1], w)) | 0;
      b = (b + Math.imul(from[p + 2], w)) | 0;
      p += 3;
    }
    to[at] = r >> BITS;
    to[at + 1] = g >> BITS;
    to[at + 2] = b >> BITS;
    at += 3;
  }
}

function row4(from: Uint8Array, fromRow: number, to: Uint8ClampedArray, toRow: number, taps: Taps): void {
  const { starts, counts, weights, size, length } = taps;
  for (let x = 0; x < length; x++)
    for (let c = 0; c < 4; c++) {
      let sum = HALF;
      for (let k = 0; k < counts[x]; k++)
        sum = (sum + Math.imul(from[fromRow + (starts[x] + k) * 4 + c], weights[x * size + k])) | 0;
      to[toRow + x * 4 + c] = sum >> BITS;
    }
}

function resampleColumns(source: Pixels, taps: Taps): Pixels {
  const target = empty(source.width, taps.length, source.channels);
  const clamped = new Uint8ClampedArray(target.data.buffer);
  const row = source.width * source.channels;
  const sums = new Int32Array(row);
  for (let y = 0; y < taps.length; y++) {
    sums.fill(HALF);
    const first = taps.starts[y] * source.stride;
    let k = 0;
    for (; k + 4 <= taps.counts[y]; k += 4)
      addFour(source.data, first + k * source.stride, source.stride, sums, taps.weights, y * taps.size + k);
    for (; k < taps.counts[y]; k++)
      addOne(source.data, first + k * source.stride, sums, taps.weights[y * taps.size + k]);
    const at = y * target.stride;
    for (let i = 0; i < row; i++) clamped[at + i] = sums[i] >> BITS;
  }
  return target;
}

function addFour(
  from: Uint8Array,
  at: number,
  stride: number,
  sums: Int32Array,
  weights: Int32Array,
  k: number,
): void {
  const w0 = weights[k];
  const w1 = weights[k + 1];
  const w2 = weights[k + 2];
  const w3 = weights[k + 3];
  const b = at + stride;
  const c = b + stride;
  const d = c + stride;
  for (let i = 0; i < sums.length; i++)
    sums[i] =
      (sums[i] +
        Math.imul(from[at + i], w0) +
        Math.imul(from[b + i], w1) +
        Math.imul(from[c + i], w2) +
        Math.imul(from[d + i], w3)) |
      0;
}

function addOne(from: Uint8Array, at: number, sums: Int32Array, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] + Math.imul(from[at + i], weight)) | 0;
}
