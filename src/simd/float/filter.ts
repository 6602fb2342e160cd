import { correlate, layoutOf } from './correlate.js';
import { inMemory } from './memory.js';
import { kernelRuns, pairRuns, Runs, type Weights } from './runs.js';

/** Planes of sums; the source is larger by what a kernel needs around a value. */
export interface FilterJob {
  readonly source: Float32Array;
  /** Columns and rows of the source. */
  readonly from: { readonly width: number; readonly height: number };
  readonly weights: Weights;
  readonly out: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly planes: number;
}

/** The sums of a kernel whose upper left weight meets the value at the place of the output. */
export function filterPlanes(job: FilterJob): void {
  const { source, from, weights, out, width, height, planes } = job;
  if (width >= 16 && height >= 2) {
    const runs = pairRuns(weights, from.width);
    const done = inMemory(out, [source, runs.used], (kernels, to, start, table) => {
      for (let p = 0; p < planes; p++) {
        const at = start + 4 * p * from.width * from.height;
        const target = to + 4 * p * width * height;
        kernels.filterPairs(at, 4 * from.width, table, 4 * runs.length, target, width, height);
      }
    });
    if (done) return;
  }
  correlate({
    source,
    from: layoutOf(from.width, from.height),
    step: 1,
    runs: kernelRuns(weights, from.width),
    out,
    to: layoutOf(width, height),
    width,
    height,
    planes,
  });
}

/** Planes of sums along columns, with columns and rows exchanged. */
export interface TurnJob {
  /** Planes of `width` columns and `height + weights.length - 1` rows. */
  readonly source: Float32Array;
  readonly weights: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly planes: number;
  /** Gets `width` rows of `height` columns. */
  readonly out: Float32Array;
  /** Where its first plane begins, and the way to the next one. */
  readonly to: { readonly at: number; readonly plane: number };
}

export function filterTurned(job: TurnJob): void {
  const { source, weights, width, height, planes, out, to } = job;
  const count = weights.length;
  const runs = new Runs(4 + 2 * count).addPair(
    0,
    count + 1,
    (k) => (k < count ? weights[k] : 0),
    (k) => (k > 0 ? weights[k - 1] : 0),
  );
  const done = inMemory(out, [source, runs.used], (kernels, target, start, table) => {
    for (let p = 0; p < planes; p++) {
      const from = start + 4 * p * width * (height + count - 1);
      kernels.filterTurned(from, width, table, 4 * runs.length, target + 4 * (to.at + p * to.plane), height);
    }
  });
  if (!done) filterTurnedPlain(job);
}

/** The same bits without WebAssembly. */
export function filterTurnedPlain({ source, weights, width, height, planes, out, to }: TurnJob): void {
  for (let p = 0; p < planes; p++) {
    const from = p * width * (height + weights.length - 1);
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < height; y++) {
        let sum = 0;
        for (let k = 0, at = from + y * width + x; k < weights.length; k++, at += width) {
          sum = Math.fround(sum + Math.fround(weights[k] * source[at]));
        }
        out[to.at + p * to.plane + x * height + y] = sum;
      }
    }
  }
}
