import type { FloatImage, Size } from '../define.js';
import { resample, resampleBy, resampleReach } from '../resample.js';
import type { Filter as Antialiased } from '../resample-taps.js';
import { type TorchFilter, torchFilters, torchSupport, torchTaps } from './torch-taps.js';

/** Antialiased filters by the names they have in a pipeline file. */
const antialiased = {
  bilinear_aa: 'bilinear',
  bicubic_aa: 'bicubic',
  box: 'box',
  lanczos2: 'lanczos2',
  lanczos3: 'lanczos3',
  mitchell: 'mitchell',
  hamming: 'hamming',
  hermite: 'hermite',
} as const satisfies Record<string, Antialiased>;

type AntialiasedName = keyof typeof antialiased;
export type FilterName = TorchFilter | AntialiasedName;

export const filterNames = [
  ...torchFilters,
  'bilinear_aa',
  'bicubic_aa',
  'box',
  'lanczos2',
  'lanczos3',
  'mitchell',
  'hamming',
  'hermite',
] as const satisfies readonly FilterName[];

const isTorch = (filter: FilterName): filter is TorchFilter => !(filter in antialiased);

/**
 * Changes the size. With a `factor`, bilinear, bicubic and nearest sample at multiples of exactly 1 / factor
 * instead of in / out, as torch does when it is given a scale_factor.
 */
export function resizeTo(
  image: FloatImage,
  to: Size,
  filter: FilterName,
  factor: number | undefined,
  newImage: (width: number, height: number) => FloatImage,
): FloatImage {
  if (!isTorch(filter)) return resample(image, to, antialiased[filter], newImage);
  const along = (from: number, length: number) => {
    const step = factor === undefined || filter === 'area' ? from / length : 1 / factor;
    return step === 1 && from === length ? undefined : torchTaps(from, length, filter, step);
  };
  return resampleBy(image, along(image.width, to.width), along(image.height, to.height), newImage);
}

/** Input pixels around a point that may influence a result. */
export function resizeReach(from: Size, to: Size, filter: FilterName): number {
  if (!isTorch(filter)) return resampleReach(from, to, antialiased[filter]);
  // Sampling by the factor drifts from in / out by at most one output pixel at the far side.
  const stretch = Math.ceil(Math.max(1, from.width / to.width, from.height / to.height));
  return filter === 'area' ? stretch + 1 : torchSupport[filter] + 1 + stretch;
}
