import type { Step } from '../plan/steps.js';
import type { Window } from '../plan/types.js';

export interface Pixels {
  /** Of the pictures that each unit writes. */
  readonly written: Float64Array;
  /** The same and those that are decoded for it: a photograph counts in equal parts with all samples taken from it. */
  readonly all: Float64Array;
}

/** What every unit costs, in pixels. */
export function pixelsOfUnits(
  steps: Iterable<Step>,
  units: number,
  unitAt: (position: number) => number,
  area: (window: Window) => number,
): Pixels {
  const written = new Float64Array(units);
  const all = new Float64Array(units);
  const open = new Map<symbol, { readonly share: number; left: number }>();
  for (const step of steps) {
    if (step.kind === 'open') {
      const { width, height } = step.visit.source;
      open.set(step.key, { share: (width * height) / step.samples, left: step.samples });
      continue;
    }
    const unit = unitAt(step.sample.position);
    const source = open.get(step.key) as { readonly share: number; left: number };
    if (--source.left === 0) open.delete(step.key);
    written[unit] += area(step.sample.window);
    all[unit] += area(step.sample.window) + source.share;
  }
  return { written, all };
}

/** Cuts units into so many runs of about the same number of pixels, none empty; gives where each begins, and the end. */
export function cuts(pixels: ArrayLike<number>, shards: number): number[] {
  const total = Array.from(pixels).reduce((sum, value) => sum + value, 0);
  const starts = [0];
  let unit = 0;
  let before = 0;
  for (let shard = 1; shard < shards; shard++) {
    const goal = (total * shard) / shards;
    const most = pixels.length - (shards - shard);
    const least = starts[shard - 1] + 1;
    while (unit < most && (unit < least || before + pixels[unit] / 2 <= goal)) before += pixels[unit++];
    starts.push(unit);
  }
  return [...starts, pixels.length];
}
