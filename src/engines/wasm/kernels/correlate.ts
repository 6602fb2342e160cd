import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { floats, run, sizeOf } from './define.js';

type Shape4D = [number, number, number, number];

/** Bytes of rearranged images that one pass may take: beyond, they are worked off in groups. */
const PASS_BYTES = 2 * 2 ** 20;

/**
 * sums[kh, kw, s, f] = sum over n, y, x of shifted[n, y + kh - top, x + kw - left, s] * fixed[n, y, x, f],
 * taking shifted as zero outside of its borders. Both are channels-last.
 */
export interface Correlation {
  readonly shifted: TensorInfo;
  readonly fixed: TensorInfo;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly top: number;
  readonly left: number;
}

/** Images [first, first + count) as one tall image; `pitch` rows each keep one from touching the next. */
interface Group {
  readonly first: number;
  readonly count: number;
  readonly pitch: number;
}

/**
 * Swaps channels with columns: row `from` of pixels becomes one row in each channel's plane. Four channels at
 * a time, because neighbours in memory are read together anyway.
 */
function spreadRow(
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  length: number,
  channels: number,
  plane: number,
): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    let pixel = from + c;
    const begin = to + c * plane;
    for (let i = begin; i < begin + length; i++, pixel += channels) {
      target[i] = source[pixel]!;
      target[i + plane] = source[pixel + 1]!;
      target[i + 2 * plane] = source[pixel + 2]!;
      target[i + 3 * plane] = source[pixel + 3]!;
    }
  }
  for (; c < channels; c++) {
    let pixel = from + c;
    const begin = to + c * plane;
    for (let i = begin; i < begin + length; i++, pixel += channels) target[i] = source[pixel]!;
  }
}

/** Where every row moves by `by` columns, as `target` does against `source`, its margin becomes zero. */
function moveColumns(
  values: Float32Array,
  from: number,
  to: number,
  size: number,
  columns: number,
  by: number,
) {
  if (by >= 0) values.copyWithin(to, from + by, from + size);
  else values.copyWithin(to - by, from, from + size + by);
  const begin = by >= 0 ? Math.max(0, columns - by) : 0;
  const end = by >= 0 ? columns : Math.min(columns, -by);
  for (let row = to; row < to + size; row += columns)
    for (let column = begin; column < end; column++) values[row + column] = 0;
}

/** `shifted` as [kw, s, rows of the group, columns]: one copy, moved sideways, for each column of the filter. */
function asImage(backend: BackendWasm, c: Correlation, { first, count, pitch }: Group): TensorInfo {
  const [, height, width, channels] = c.shifted.shape as Shape4D;
  const columns = c.fixed.shape[2]!;
  const rows = count * pitch;
  const result = backend.makeOutput([1, c.filterWidth * channels, rows, columns], 'float32');
  const source = floats(backend, c.shifted);
  const target = floats(backend, result).fill(0);
  const copy = channels * rows * columns;
  const spread = (kw: number): void => {
    const from = Math.max(0, c.left - kw);
    const to = Math.min(columns, width + c.left - kw);
    if (to <= from) return;
    for (let image = 0; image < count; image++)
      for (let y = Math.max(0, -c.top); y < Math.min(height, pitch - c.top); y++) {
        const pixel = ((first + image) * height + y) * width + from + kw - c.left;
        const place = kw * copy + (image * pitch + y + c.top) * columns + from;
        spreadRow(source, pixel * channels, target, place, to - from, channels, rows * columns);
      }
  };
  const moves = width === columns && c.left >= 0 && c.left < c.filterWidth;
  if (moves) spread(c.left);
  for (let kw = 0; kw < c.filterWidth; kw++) {
    if (!moves) spread(kw);
    else if (kw !== c.left) moveColumns(target, c.left * copy, kw * copy, copy, columns, kw - c.left);
  }
  return result;
}

/** `fixed` as a filter [1, rows of the group, columns, f], with zero rows between images. */
function asFilter(backend: BackendWasm, c: Correlation, { first, count, pitch }: Group): TensorInfo {
  const [, height, width, channels] = c.fixed.shape as Shape4D;
  const taps = count * pitch - (c.filterHeight - 1);
  const result = backend.makeOutput([1, taps, width, channels], 'float32');
  const source = floats(backend, c.fixed);
  const target = floats(backend, result).fill(0);
  const image = height * width * channels;
  for (let i = 0; i < count; i++)
    target.set(source.subarray((first + i) * image, (first + i + 1) * image), i * pitch * width * channels);
  return result;
}

/**
 * Correlates two batches of images by the backend's convolution, its fastest operation: the image is `shifted`
 * with its columns as channels, the filter is `fixed` with its rows as taps, and sliding one over the other
 * yields the rows of the result.
 * @param add is given sums of groups of images, [kw, s, kh, f], to be added up
 */
export function correlate(backend: BackendWasm, c: Correlation, add: (part: Float32Array) => void): void {
  const [batch, height, columns] = c.fixed.shape as Shape4D;
  const pitch = height + c.filterHeight - 1;
  const bytes = 4 * c.filterWidth * c.shifted.shape[3]! * pitch * columns;
  const size = Math.max(1, Math.min(batch, Math.floor(PASS_BYTES / bytes)));
  for (let first = 0; first < batch; first += size) {
    const group = { first, count: Math.min(size, batch - first), pitch };
    const x = asImage(backend, c, group);
    const filter = asFilter(backend, c, group);
    const part = run('Conv2D', backend, { x, filter }, convolution);
    add(floats(backend, part).subarray(0, sizeOf(part.shape)));
    for (const { dataId } of [x, filter, part]) backend.disposeData(dataId);
  }
}

const convolution = { strides: 1, pad: 'valid', dilations: 1, dataFormat: 'NHWC' };
