import { inputsOf, PAIR, type Table, type Tables } from './table.js';
import type { Mode, Size, SourcePlane } from './types.js';

/** How an image gets from one size to another: its taps, and places in the scratch memory, in bytes. */
export interface Plan {
  readonly mode: Mode;
  readonly columns: Table;
  readonly columnTaps: number;
  readonly rows: Table;
  readonly rowTaps: number;
  /** Source rows that the horizontal pass takes at once. */
  readonly group: number;
  /** Output columns that the horizontal pass makes at once. */
  readonly chunk: number;
  /** Output columns that go through both passes before the next ones do, so that strips stay in the cache. */
  readonly tile: number;
  /** Output rows that the vertical pass makes at once. */
  readonly band: number;
  readonly stripBytes: number;
  readonly strips: number;
  /** Source rows with colours multiplied by alpha. */
  readonly premultiplied: number;
  readonly work: number;
  readonly bytes: number;
}

/** Sums that the kernels make side by side. */
export const LANES = 48;
const CHUNK = 48;
const TILE = 960;
const BAND = 16;

export function planOf(tables: Tables, source: Omit<SourcePlane, 'offset'>, target: Size, mode: Mode): Plan {
  const { width, height, channels } = source;
  let bytes = 0;
  const reserve = (size: number): number => {
    const at = bytes;
    bytes += Math.ceil(size / 64) * 64;
    return at;
  };
  const columns = tables.get(width, target.width, mode);
  const rows = tables.get(height, target.height, mode);
  const group = LANES / channels;
  // Rows of RGBA are multiplied by alpha as a whole, which tiles would repeat.
  const tile = channels === 4 ? target.width : Math.min(TILE, target.width);
  const stripBytes = (mostInputs(rows, BAND) / 2 + group / 2) * PAIR;
  const work = Math.max(CHUNK * LANES + 64 + (mostInputs(columns, CHUNK) / 2 + 1) * PAIR, BAND * LANES);
  return {
    mode,
    columns,
    columnTaps: reserve(columns.words.byteLength),
    rows,
    rowTaps: reserve(rows.words.byteLength),
    group,
    chunk: CHUNK,
    tile,
    band: BAND,
    stripBytes,
    strips: reserve(Math.ceil((tile * channels) / LANES) * stripBytes),
    premultiplied: reserve(channels === 4 ? group * width * channels : 0),
    work: reserve(work),
    bytes,
  };
}

/** The most inputs that `band` outputs in a row draw from. */
function mostInputs(table: Table, band: number): number {
  let most = 0;
  for (let i = 0; i < table.length; i += band) {
    const { first, end } = inputsOf(table, i, Math.min(table.length, i + band));
    most = Math.max(most, end - first);
  }
  return most;
}
