import { EsrganError } from '../errors.js';
import type { Pixels } from '../images/pixels.js';

export interface MetricOptions {
  /** Pixels left out at each border. Default 0. */
  readonly crop_border?: number;
  /** Measure the luma of ITU-R BT.601 in place of the three colours. Default false. */
  readonly test_y_channel?: boolean;
}

/** One channel, row-major, 0..255. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

/**
 * The channels that a metric looks at, one after the other and without borders: three colours, or Y = 65.481 R + 128.553 G + 24.966 B + 16
 * (colours in 0..1, not rounded to 8 bits).
 * @throws EsrganError `METRIC_SIZES` when the sizes differ or nothing is left within the borders
 */
export function* planesOf(a: Pixels, b: Pixels, options: MetricOptions): Generator<[Plane, Plane]> {
  const { crop_border = 0, test_y_channel = false } = options;
  if (a.width !== b.width || a.height !== b.height)
    throw new EsrganError('METRIC_SIZES', `sizes differ: ${sizeOf(a)} and ${sizeOf(b)}`, {
      remedy: 'Compare pictures of one size; gt may have to be cropped to a multiple of the scale.',
    });
  if (2 * crop_border >= Math.min(a.width, a.height))
    throw new EsrganError('METRIC_SIZES', `nothing is left of ${sizeOf(a)} within ${crop_border} pixels`, {
      remedy: 'Choose a smaller crop_border.',
    });
  const pick = test_y_channel
    ? [luma]
    : [0, 1, 2].map((c) => (data: Uint8Array, at: number) => data[at + c]!);
  for (const value of pick) yield [plane(a, crop_border, value), plane(b, crop_border, value)];
}

const sizeOf = ({ width, height }: Pixels): string => `${width}x${height}`;

function luma(data: Uint8Array, at: number): number {
  return 16 + (65.481 * data[at]! + 128.553 * data[at + 1]! + 24.966 * data[at + 2]!) / 255;
}

function plane(image: Pixels, border: number, value: (data: Uint8Array, at: number) => number): Plane {
  const width = image.width - 2 * border;
  const height = image.height - 2 * border;
  const data = new Float64Array(width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++)
      data[i] = value(image.data, (y + border) * image.stride + (x + border) * image.channels);
  return { width, height, data };
}
