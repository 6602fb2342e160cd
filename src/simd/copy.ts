import type { Kernels } from './kernels.js';
import { BAND, CHUNK, type CopyPlan, LANES, type Plan } from './plan.js';
import { inputsOf, PAIR, type Table, type Tables } from './table.js';
import type { Mode, SourcePlane, TargetPlane } from './types.js';

export interface Job {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly tables: Tables;
  readonly plan: Plan;
  readonly source: SourcePlane;
  readonly scratch: number;
  readonly mode: Mode;
}

interface Taps {
  readonly at: number;
  readonly step: number;
}

/** One copy in the making. Its strips hold the source rows start..filled after the horizontal pass. */
export class Copy {
  readonly #rows: Table;
  readonly #rowTaps: Taps;
  readonly #columnTaps: Taps;
  readonly #strips: number;
  #start = 0;
  #filled = 0;
  #top = 0;

  constructor(
    readonly job: Job,
    readonly target: TargetPlane,
    readonly plan: CopyPlan,
  ) {
    const { tables, source, mode, scratch } = job;
    this.#rows = tables.get(source.height, target.height, mode);
    this.#rowTaps = this.#place(this.#rows, plan.rowTaps);
    this.#columnTaps = this.#place(tables.get(source.width, target.width, mode), plan.columnTaps);
    this.#strips = scratch + plan.strips;
  }

  #place(table: Table, offset: number): Taps {
    const at = this.job.scratch + offset;
    new Int32Array(this.job.memory.buffer, at, table.words.length).set(table.words);
    return { at, step: table.stride };
  }

  /** Takes the group of source rows from `y` on, and makes the rows of the copy that nothing lacks for. */
  take(y: number, pairs: number): void {
    if (this.#top === this.target.height) return;
    const { kernels, plan, scratch, source, mode } = this.job;
    const { at, step } = this.#columnTaps;
    const strips = this.#strips + ((y - this.#start) / 2) * PAIR;
    const taps = [at, step, mode === 'pillow', this.target.width, CHUNK] as const;
    kernels.across(pairs, source.channels, ...taps, strips, this.plan.stripBytes, scratch + plan.work);
    this.#filled = y + plan.group;
    while (this.#top < this.target.height && this.#down());
  }

  /** Makes the next rows of the copy; false when source rows lack. */
  #down(): boolean {
    const { kernels, plan, scratch, source, mode } = this.job;
    const { width, height, offset } = this.target;
    const top = this.#top;
    const bottom = Math.min(height, top + BAND);
    if (this.#filled < Math.min(source.height, inputsOf(this.#rows, top, bottom).end)) return false;
    const rowBytes = width * source.channels;
    const { stride = rowBytes } = this.target;
    const { at, step } = this.#rowTaps;
    const taps = [at + top * step, step, mode === 'pillow', bottom - top] as const;
    const out = [offset + top * stride, stride, rowBytes, scratch + plan.work] as const;
    kernels.down(this.#strips, this.plan.stripBytes, this.#start / 2, ...taps, ...out);
    this.#top = bottom;
    if (bottom < height) this.#slide(inputsOf(this.#rows, bottom, bottom + 1).first);
    return true;
  }

  /** Lets go of the source rows before `start`. */
  #slide(start: number): void {
    const dropped = start - this.#start;
    if (dropped === 0) return;
    const strips = Math.ceil((this.target.width * this.job.source.channels) / LANES);
    const kept = Math.max(0, this.#filled - start);
    this.job.kernels.slide(this.#strips, this.plan.stripBytes, strips, dropped / 2, kept / 2);
    this.#start = start;
  }
}
