import { PAIR, tableBytes } from './table.js';
import { supportOf } from './taps.js';
import type { Mode, Size, SourcePlane } from './types.js';

/** In what portions an image gets from one size to another, and places in the scratch memory, in bytes. */
export interface Plan {
  readonly columnTaps: number;
  readonly rowTaps: number;
  /** Source rows that the horizontal pass takes at once. */
  readonly group: number;
  /** Output columns that the horizontal pass makes at once. */
  readonly chunk: number;
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
const BAND = 16;

export function planOf(source: Omit<SourcePlane, 'offset'>, target: Size, mode: Mode): Plan {
  const { width, height, channels } = source;
  let bytes = 0;
  const reserve = (size: number): number => {
    const at = bytes;
    bytes += Math.ceil(size / 64) * 64;
    return at;
  };
  const group = LANES / channels;
  const stripBytes = (mostInputs(height, target.height, BAND) / 2 + group / 2) * PAIR;
  const work = Math.max(
    CHUNK * LANES + 64 + (mostInputs(width, target.width, CHUNK) / 2 + 1) * PAIR,
    BAND * LANES,
  );
  return {
    columnTaps: reserve(tableBytes(width, target.width, mode)),
    rowTaps: reserve(tableBytes(height, target.height, mode)),
    group,
    chunk: CHUNK,
    band: BAND,
    stripBytes,
    strips: reserve(Math.ceil((target.width * channels) / LANES) * stripBytes),
    premultiplied: reserve(channels === 4 ? group * width * channels : 0),
    work: reserve(work),
    bytes,
  };
}

/** No fewer inputs, from an even one to an even one, than any `band` outputs in a row draw from. */
function mostInputs(input: number, output: number, band: number): number {
  const reach = Math.floor((band - 1) * (input / output) + 2 * supportOf(input, output) + 1) + 2;
  return 2 * Math.ceil(Math.min(input, reach) / 2);
}
