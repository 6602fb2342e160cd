import { correlatePlain } from './correlate-plain.js';
import { inMemory } from './memory.js';
import type { Runs } from './runs.js';

/** Where the values of planes lie, in values: the first one, and the way to the next row and plane. */
export interface Layout {
  readonly at: number;
  readonly row: number;
  readonly plane: number;
}

/** Planes of rows of weighted sums. The output must not overlap the source. */
export interface Correlation {
  readonly source: Float32Array;
  readonly from: Layout;
  /** Between the values of a run. */
  readonly step: number;
  readonly runs: Runs;
  /** Words of the runs of one row of sums, when every row has its own; otherwise all rows share them. */
  readonly runsRow?: number;
  readonly out: Float32Array;
  readonly to: Layout;
  readonly width: number;
  readonly height: number;
  readonly planes: number;
}

export const layoutOf = (width: number, height: number, at = 0): Layout => ({
  at,
  row: width,
  plane: width * height,
});

export function correlate(job: Correlation): void {
  const { source, from, step, runs, runsRow = 0, out, to, width, height, planes } = job;
  const done = inMemory(out, [source, runs.used], (kernels, target, origin, table) => {
    const rowBytes = 4 * (runsRow || runs.length);
    for (let plane = 0; plane < planes; plane++) {
      kernels.correlate(
        origin + 4 * (from.at + plane * from.plane),
        4 * from.row,
        4 * step,
        table,
        rowBytes,
        4 * runsRow,
        target + 4 * (to.at + plane * to.plane),
        4 * to.row,
        width,
        height,
      );
    }
  });
  if (!done) correlatePlain(job);
}
