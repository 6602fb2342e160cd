import { inputsOf, PAIR, type Table, tableOf } from './table.js';
import type { Mode, Size, SourcePlane } from './types.js';

/** One direction: its taps, and where in the scratch memory the kernels find them. */
export interface Pass {
  readonly table: Table;
  readonly at: number;
}

/** How an image gets from one size to another: its passes, and places in the scratch memory, in bytes. */
export interface Plan {
  readonly mode: Mode;
  readonly vertical?: Pass;
  readonly horizontal?: Pass;
  /** Rows that the horizontal pass takes at once. */
  readonly group: number;
  /** Output rows that the vertical pass makes at once. */
  readonly band: number;
  /** Rows with multiplied alpha. */
  readonly premultiplied: number;
  /** Rows between the first and the second pass. */
  readonly middle: number;
  readonly middleStride: number;
  readonly work: number;
  readonly bytes: number;
}

/** As in the kernels: lanes of a pair, output columns that are kept at once. */
const LANES = 48;
const CHUNK = 64;

const BAND = 32;

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

export function planOf(source: Omit<SourcePlane, 'offset'>, target: Size, mode: Mode): Plan {
  const { width, height, channels } = source;
  const group = LANES / channels;
  let bytes = 0;
  const reserve = (size: number): number => {
    const at = bytes;
    bytes += aligned(size);
    return at;
  };
  const pass = (from: number, to: number): Pass | undefined => {
    if (from === to) return undefined;
    const table = tableOf(from, to, mode);
    return { table, at: reserve(table.words.byteLength) };
  };
  const vertical = pass(height, target.height);
  const horizontal = pass(width, target.width);
  const both = vertical !== undefined && horizontal !== undefined;

  const band = mode === 'fast' && both ? group : BAND;
  const bandRows = vertical ? rowsOfLargestBand(vertical.table, band) : 0;
  const middleStride = (mode === 'fast' ? width : target.width) * channels;
  const middleRows = mode === 'fast' ? group : bandRows + group;
  const sourceRows = vertical && (mode === 'fast' || !both) ? bandRows : group;
  const downWork = (bandRows / 2 + 1) * PAIR + bandRows * LANES;
  const acrossWork = horizontal ? CHUNK * LANES + 16 + Math.ceil(width / 2) * PAIR : 0;
  return {
    mode,
    vertical,
    horizontal,
    group,
    band,
    premultiplied: reserve(channels === 4 ? sourceRows * width * channels : 0),
    middle: reserve(both ? middleRows * middleStride : 0),
    middleStride,
    work: reserve(Math.max(downWork, acrossWork)),
    bytes,
  };
}

function rowsOfLargestBand(table: Table, band: number): number {
  let rows = 0;
  for (let y = 0; y < table.length; y += band) {
    const { first, end } = inputsOf(table, y, Math.min(table.length, y + band));
    rows = Math.max(rows, end - first);
  }
  return rows;
}

/** Photographs of one camera have few sizes; a folder of crops may have thousands. */
const CACHED = 64;

/** Plans by their sizes; the least recently used one is forgotten. */
export class Plans {
  readonly #plans = new Map<string, Plan>();

  get(source: Omit<SourcePlane, 'offset'>, target: Size, mode: Mode): Plan {
    const key = `${mode} ${source.channels} ${source.width}x${source.height} ${target.width}x${target.height}`;
    const plan = this.#plans.get(key) ?? planOf(source, target, mode);
    this.#plans.delete(key);
    this.#plans.set(key, plan);
    if (this.#plans.size > CACHED) this.#plans.delete(this.#plans.keys().next().value as string);
    return plan;
  }
}
