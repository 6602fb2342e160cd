import type { Kernels } from './kernels.js';
import { LANES, type Plan } from './plan.js';
import { inputsOf, PAIR, type Table, type Tables } from './table.js';
import type { Mode, SourcePlane, TargetPlane } from './types.js';

/** Takes one image through the kernels, some rows at a time, so that what lies between the passes stays in the cache. */
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
  const rowBytes = target.width * channels;
  const { stride: outStride = rowBytes } = target;
  const { group, band, chunk, stripBytes } = plan;
  const exact = mode === 'pillow';
  const strips = scratch + plan.strips;
  const stripCount = Math.ceil(rowBytes / LANES);
  const work = scratch + plan.work;

  const place = (table: Table, offset: number): { at: number; step: number } => {
    new Int32Array(memory.buffer, scratch + offset, table.words.length).set(table.words);
    return { at: scratch + offset, step: table.stride };
  };
  const rows = tables.get(height, target.height, mode);
  const rowTaps = place(rows, plan.rowTaps);
  const columnTaps = place(tables.get(width, target.width, mode), plan.columnTaps);

  /** The horizontal pass of source rows from `y` on, to pair `pair` of the strips. */
  const across = (y: number, pair: number): void => {
    const count = Math.min(group, height - y);
    let [at, step] = [source.offset + y * stride, stride];
    if (channels === 4) {
      kernels.premultiply(at, step, count, width, scratch + plan.premultiplied);
      [at, step] = [scratch + plan.premultiplied, width * 4];
    }
    const from = [at, step, count, width, channels] as const;
    const taps = [columnTaps.at, columnTaps.step, exact, target.width, chunk] as const;
    kernels.across(...from, ...taps, strips + pair * PAIR, stripBytes, work);
  };

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
    for (; filled < Math.min(end, height); filled += group) across(filled, (filled - start) / 2);
    const taps = [rowTaps.at + top * rowTaps.step, rowTaps.step, exact, bottom - top] as const;
    const out = target.offset + top * outStride;
    kernels.down(strips, stripBytes, start / 2, ...taps, out, outStride, rowBytes, work);
  }
  if (channels === 4) kernels.unpremultiply(target.offset, outStride, target.height, target.width);
}
