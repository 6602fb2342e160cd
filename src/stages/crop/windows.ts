import type { Scale, Window } from '../../plan/types.js';

export interface WindowOptions {
  /** Edge of a window, pixels. */
  readonly size: number;
  /** Distance between neighbouring windows, pixels. */
  readonly step: number;
  /** A last window flush with the border is added when more pixels than this are left over. */
  readonly threshold: number;
}

/**
 * Where windows of `size` start along an edge of `length` pixels, as in extract_subimages: every `step` from 0
 * while they fit, and one more at the end when more than `threshold` pixels are left. Empty when none fits.
 */
export function windowStarts(length: number, size: number, step: number, threshold: number): number[] {
  if (!(step >= 1)) throw new RangeError(`step must be at least 1, not ${step}`);
  const last = length - size;
  const starts: number[] = [];
  for (let start = 0; start <= last; start += step) starts.push(start);
  if (starts.length > 0 && last - starts[starts.length - 1] > threshold) starts.push(last);
  return starts;
}

/** All windows of one scale in row-major order, numbered from 1. */
export function windows(scale: Scale, options: WindowOptions): Window[] {
  return grid(scale, scale.width, scale.height, options);
}

/** The same, for a scale that is padded at the right and the bottom to the size of a window. */
export function paddedWindows(scale: Scale, options: WindowOptions): Window[] {
  return grid(scale, Math.max(scale.width, options.size), Math.max(scale.height, options.size), options);
}

function grid(scale: Scale, width: number, height: number, options: WindowOptions): Window[] {
  const { size, step, threshold } = options;
  const xs = windowStarts(width, size, step, threshold);
  const found: Window[] = [];
  for (const y of windowStarts(height, size, step, threshold))
    for (const x of xs) found.push({ scale, x, y, width: size, height: size, index: found.length + 1 });
  return found;
}
