import { packTaps, type TapRow, type Taps } from '../resample-taps.js';

/** Filters without antialiasing, as torch's interpolate has them with align_corners off. */
export const torchFilters = ['area', 'bilinear', 'bicubic', 'nearest'] as const;

export type TorchFilter = (typeof torchFilters)[number];

/** Input pixels around a sampled position that a filter looks at. */
export const torchSupport = { nearest: 1, bilinear: 1, bicubic: 2 } as const;

/**
 * Weights of one dimension. Output i samples the input at (i + 0.5) * step - 0.5, where `step` is in / out or
 * one over a given factor; bicubic is Keys' with a = -0.75, borders are repeated. area is the mean over
 * [floor(i * in / out), ceil((i + 1) * in / out)) and takes no notice of `step`.
 */
export function torchTaps(from: number, to: number, filter: TorchFilter, step: number): Taps {
  const row = filter === 'area' ? meanOver(from, to) : sampleAt(from, filter, step);
  return packTaps(
    Array.from({ length: to }, (_, i) => row(i)),
    from,
  );
}

function meanOver(from: number, to: number): (i: number) => TapRow {
  return (i) => {
    const first = Math.floor((i * from) / to);
    const count = Math.ceil(((i + 1) * from) / to) - first;
    return { first, values: new Array<number>(count).fill(1 / count) };
  };
}

function sampleAt(from: number, filter: 'nearest' | 'bilinear' | 'bicubic', step: number) {
  return (i: number): TapRow => {
    const centre = (i + 0.5) * step;
    if (filter === 'nearest') return gather(from, Math.floor(centre), [1]);
    const position = filter === 'bilinear' ? Math.max(0, centre - 0.5) : centre - 0.5;
    const left = Math.floor(position);
    const t = position - left;
    return filter === 'bilinear' ? gather(from, left, [1 - t, t]) : gather(from, left - 1, keys(t));
  };
}

/** Weights of the four pixels around a position that lies `t` behind the second. */
function keys(t: number): number[] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}

/** Weights of positions outside the image go to the border pixel. */
function gather(from: number, first: number, values: readonly number[]): TapRow {
  const clamp = (position: number) => Math.min(from - 1, Math.max(0, position));
  const start = clamp(first);
  const inside = new Array<number>(clamp(first + values.length - 1) - start + 1).fill(0);
  values.forEach((value, k) => {
    inside[clamp(first + k) - start] += value;
  });
  return { first: start, values: inside };
}
