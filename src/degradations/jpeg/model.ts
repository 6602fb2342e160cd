import type { FloatImage } from '../define.js';
import { forward8, inverse8 } from './dct.js';
import { chromaTable, lumaTable, qualityFactor } from './tables.js';

/** Luma and chroma of an image in 0..255 (chroma around 0), padded to whole blocks of 16; used again by each call. */
let scratch = new Float64Array(0);

/**
 * JPEG as DiffJPEG(differentiable=False) models it, in place. The image is clamped to [0, 1] and padded with
 * black on the right and bottom to a multiple of 16. A real quality is allowed. At quality 100 the steps are 0
 * and nothing is quantised (the original divides by them and gives NaN): only the chroma loses resolution.
 */
export function jpegModel(image: FloatImage, quality: number): void {
  const width = Math.ceil(image.width / 16) * 16;
  const height = Math.ceil(image.height / 16) * 16;
  const plane = width * height;
  if (scratch.length < 1.5 * plane) scratch = new Float64Array(1.5 * plane);
  const luma = scratch.subarray(0, plane);
  const blue = scratch.subarray(plane, 1.25 * plane);
  const red = scratch.subarray(1.25 * plane, 1.5 * plane);
  toLumaChroma(image, width, luma, blue, red);
  const factor = qualityFactor(quality);
  quantise(luma, width, lumaTable, factor);
  quantise(blue, width / 2, chromaTable, factor);
  quantise(red, width / 2, chromaTable, factor);
  toRgb(image, width, luma, blue, red);
}

type Plane = Float64Array;

/** JFIF colours; chroma as the mean of 2 x 2 pixels. Luma is shifted by -128, as the DCT wants it. */
function toLumaChroma(image: FloatImage, padded: number, luma: Plane, blue: Plane, red: Plane): void {
  const { width, height, data } = image;
  const plane = width * height;
  luma.fill(-128);
  blue.fill(0);
  red.fill(0);
  for (let y = 0; y < height; y++) {
    let from = y * width;
    let to = y * padded;
    const chroma = (y >> 1) * (padded >> 1);
    for (let x = 0; x < width; x++, from++, to++) {
      const r = level(data[from]);
      const g = level(data[from + plane]);
      const b = level(data[from + 2 * plane]);
      luma[to] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      const half = chroma + (x >> 1);
      blue[half] += 0.25 * (-0.168736 * r - 0.331264 * g + 0.5 * b);
      red[half] += 0.25 * (0.5 * r - 0.418688 * g - 0.081312 * b);
    }
  }
}

function level(value: number): number {
  if (value > 0) return value < 1 ? 255 * value : 255;
  return 0;
}

/** Blocks of 8 x 8 to frequencies, to multiples of the step, and back. */
function quantise(values: Plane, width: number, table: Float64Array, factor: number): void {
  if (factor === 0) return;
  const block = new Float64Array(64);
  const steps = table.map((entry) => entry * factor);
  for (let corner = 0; corner < values.length; corner += 8 * width) {
    for (let left = corner; left < corner + width; left += 8) {
      for (let y = 0; y < 8; y++) {
        for (let x = 0; x < 8; x++) block[8 * y + x] = values[left + y * width + x];
        forward8(block, 8 * y, 1);
      }
      for (let x = 0; x < 8; x++) forward8(block, x, 8);
      for (let i = 0; i < 64; i++) block[i] = halfToEven(block[i] / steps[i]) * steps[i];
      for (let x = 0; x < 8; x++) inverse8(block, x, 8);
      for (let y = 0; y < 8; y++) {
        inverse8(block, 8 * y, 1);
        for (let x = 0; x < 8; x++) values[left + y * width + x] = block[8 * y + x];
      }
    }
  }
}

/** Adding this leaves a double no room for a fraction: it is rounded half to even. */
const noFraction = 2 ** 52 + 2 ** 51;

const halfToEven = (value: number): number => value + noFraction - noFraction;

function toRgb(image: FloatImage, padded: number, luma: Plane, blue: Plane, red: Plane): void {
  const { width, height, data } = image;
  const plane = width * height;
  for (let y = 0; y < height; y++) {
    let to = y * width;
    const chroma = (y >> 1) * (padded >> 1);
    for (let x = 0; x < width; x++, to++) {
      const value = luma[y * padded + x] + 128;
      const cb = blue[chroma + (x >> 1)];
      const cr = red[chroma + (x >> 1)];
      data[to] = unit(value + 1.402 * cr);
      data[to + plane] = unit(value - 0.344136 * cb - 0.714136 * cr);
      data[to + 2 * plane] = unit(value + 1.772 * cb);
    }
  }
}

function unit(value: number): number {
  if (value > 0) return value < 255 ? value / 255 : 1;
  return 0;
}
