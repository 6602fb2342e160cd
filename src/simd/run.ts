import type { Kernels } from './kernels.js';
import { LANES, type Plan } from './plan.js';
import { inputsOf, PAIR, type Table, type Tables } from './table.js';
import type { Mode, SourcePlane, TargetPlane } from './types.js';

/** Takes one image through the kernels, some columns and rows at a time, so that what lies between stays in the cache. */
export function run(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  tables: Tables,
  plan: Plan,
  source: SourcePlane,
  target: TargetPlane,
  scratch: number,
  mode: Mode,
): void {
  const { channels, width, height, stride = width * channels } = source;
  const { stride: outStride = target.width * channels } = target;
  const { group, band, tile, chunk, stripBytes } = plan;
  const exact = mode === 'pillow';
  const strips = scratch + plan.strips;
  const work = scratch + plan.work;

  const place = (table: Table, at: number): void =>
    new Int32Array(memory.buffer, scratch + at, table.words.length).set(table.words);
  const columns = tables.get(width, target.width, mode);
  const rows = tables.get(height, target.height, mode);
  place(columns, plan.columnTaps);
  place(rows, plan.rowTaps);

  /** The horizontal pass of source rows from `y` on, to pair `pair` of the strips. */
  const across = (y: number, pair: number, left: number, right: number): void => {
    const count = Math.min(group, height - y);
    let at = source.offset + y * stride;
    let step = stride;
    if (channels === 4) {
      kernels.premultiply(at, stride, count, width, scratch + plan.premultiplied);
      at = scratch + plan.premultiplied;
      step = width * 4;
    }
    const taps = scratch + plan.columnTaps;
    const to = strips + pair * PAIR;
    kernels.across(
      at,
      step,
      count,
      width,
      channels,
      taps,
      columns.stride,
      exact,
      left,
      right,
      chunk,
      to,
      stripBytes,
      work,
    );
  };

  for (let left = 0; left < target.width; left += tile) {
    const right = Math.min(target.width, left + tile);
    const length = (right - left) * channels;
    const stripCount = Math.ceil(length / LANES);
    // The strips hold the rows start..filled after the horizontal pass.
    let start = 0;
    let filled = 0;
    for (let top = 0; top < target.height; top += band) {
      const bottom = Math.min(target.height, top + band);
      const { first, end } = inputsOf(rows, top, bottom);
      const kept = Math.max(0, filled - first);
      if (first > start) kernels.slide(strips, stripBytes, stripCount, (first - start) / 2, kept / 2);
      start = first;
      filled = first + kept;
      for (; filled < Math.min(end, height); filled += group)
        across(filled, (filled - start) / 2, left, right);
      const taps = scratch + plan.rowTaps + top * rows.stride;
      const out = target.offset + top * outStride + left * channels;
      kernels.down(
        strips,
        stripBytes,
        start / 2,
        taps,
        rows.stride,
        exact,
        bottom - top,
        out,
        outStride,
        length,
        work,
      );
    }
  }
  if (channels === 4) kernels.unpremultiply(target.offset, outStride, target.height, target.width);
}
