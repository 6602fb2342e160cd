import type { Kernels } from './kernels.js';
import type { Pass, Plan } from './plan.js';
import { inputsOf } from './table.js';
import type { SourcePlane, TargetPlane } from './types.js';

/** Rows in memory: the address of the first, and bytes from one to the next. */
interface Rows {
  readonly at: number;
  readonly stride: number;
}

/** Takes one image through the kernels, some rows at a time, so that what lies between the passes stays in the cache. */
export function run(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: Plan,
  source: SourcePlane,
  target: TargetPlane,
  scratch: number,
): void {
  const { channels, width, height, stride: sourceStride = width * channels } = source;
  const { stride: outStride = target.width * channels } = target;
  const { vertical, horizontal, group, band, middleStride } = plan;
  const middle = scratch + plan.middle;
  const work = scratch + plan.work;
  const exact = plan.mode === 'pillow';

  const outRows = (from: number): Rows => ({ at: target.offset + from * outStride, stride: outStride });

  const sourceRows = (from: number, to: number): Rows => {
    const at = source.offset + from * sourceStride;
    if (channels === 3) return { at, stride: sourceStride };
    kernels.premultiply(at, sourceStride, to - from, width, scratch + plan.premultiplied);
    return { at: scratch + plan.premultiplied, stride: width * 4 };
  };

  const across = ({ table, at }: Pass, rows: Rows, count: number, out: Rows): void => {
    const taps = scratch + at;
    kernels.horizontal(
      rows.at,
      rows.stride,
      count,
      width,
      channels,
      taps,
      table.stride,
      exact,
      target.width,
      out.at,
      out.stride,
      work,
    );
  };

  const down = (
    pass: Pass,
    rowsOf: typeof sourceRows,
    rowBytes: number,
    from: number,
    to: number,
    out: Rows,
  ): void => {
    const { table, at } = pass;
    const { first, end } = inputsOf(table, from, to);
    const last = Math.min(height, end);
    const rows = rowsOf(first, last);
    kernels.vertical(
      rows.at,
      rows.stride,
      first,
      last - first,
      rowBytes,
      scratch + at + from * table.stride,
      table.stride,
      exact,
      to - from,
      out.at,
      out.stride,
      work,
    );
  };

  /** Rows after the horizontal pass; the window slides down, and rows that stay in it are moved to its start. */
  const slidingWindow = (pass: Pass): typeof sourceRows => {
    const bytes = new Uint8Array(memory.buffer, middle);
    let start = 0;
    let filled = 0;
    return (from, to) => {
      bytes.copyWithin(0, (from - start) * middleStride, (filled - start) * middleStride);
      start = from;
      while (filled < to) {
        const count = Math.min(group, height - filled);
        const out = { at: middle + (filled - start) * middleStride, stride: middleStride };
        across(pass, sourceRows(filled, filled + count), count, out);
        filled += count;
      }
      return { at: middle, stride: middleStride };
    };
  };

  for (const pass of [vertical, horizontal])
    if (pass) new Int32Array(memory.buffer, scratch + pass.at, pass.table.words.length).set(pass.table.words);

  if (!vertical) {
    for (let y = 0; horizontal && y < height; y += group) {
      const count = Math.min(group, height - y);
      across(horizontal, sourceRows(y, y + count), count, outRows(y));
    }
  } else {
    const between = { at: middle, stride: middleStride };
    const wide = horizontal && exact ? slidingWindow(horizontal) : undefined;
    for (let y = 0; y < target.height; y += band) {
      const end = Math.min(target.height, y + band);
      if (wide) down(vertical, wide, target.width * channels, y, end, outRows(y));
      else if (!horizontal) down(vertical, sourceRows, width * channels, y, end, outRows(y));
      else {
        down(vertical, sourceRows, width * channels, y, end, between);
        across(horizontal, between, end - y, outRows(y));
      }
    }
  }
  if (channels === 4) kernels.unpremultiply(target.offset, outStride, target.height, target.width);
}
