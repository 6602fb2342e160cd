import { PAIR, tableBytes } from './table.js';
import { supportOf } from './taps.js';
import type { Mode, Size, SourcePlane } from './types.js';

/** Where things lie in the scratch memory, in bytes from its start. */
export interface Plan {
  /** Source rows that the horizontal pass takes at once. */
  readonly group: number;
  /** Source rows with colours multiplied by alpha. */
  readonly premultiplied: number;
  /** A group of source rows as pairs of columns. */
  readonly pairs: number;
  readonly work: number;
  readonly copies: readonly CopyPlan[];
  readonly bytes: number;
}

export interface CopyPlan {
  readonly columnTaps: number;
  readonly rowTaps: number;
  /** Rows between the two passes. */
  readonly strips: number;
  readonly stripBytes: number;
}

/** Sums that the kernels make side by side. */
export const LANES = 48;
/** Output columns that the horizontal pass makes at once. */
export const CHUNK = 48;
/** Output rows that the vertical pass makes at once. */
export const BAND = 16;

/** For copies in the given sizes, none of which is the source's. */
export function planOf(source: Omit<SourcePlane, 'offset'>, targets: readonly Size[], mode: Mode): Plan {
  const { width, height, channels } = source;
  let bytes = 0;
  const reserve = (size: number): number => {
    const at = bytes;
    bytes += Math.ceil(size / 64) * 64;
    return at;
  };
  const group = LANES / channels;
  return {
    group,
    premultiplied: reserve(channels === 4 ? group * width * channels : 0),
    pairs: reserve((Math.ceil(width / 2) + 1) * PAIR),
    work: reserve(Math.max(CHUNK, BAND) * LANES + 8),
    copies: targets.map((target) => {
      const stripBytes = (mostInputs(height, target.height, BAND) / 2 + group / 2) * PAIR;
      return {
        columnTaps: reserve(tableBytes(width, target.width, mode)),
        rowTaps: reserve(tableBytes(height, target.height, mode)),
        strips: reserve(Math.ceil((target.width * channels) / LANES) * stripBytes),
        stripBytes,
      };
    }),
    bytes,
  };
}

/** No fewer inputs, from an even one to an even one, than any `band` outputs in a row draw from. */
function mostInputs(input: number, output: number, band: number): number {
  const reach = Math.floor((band - 1) * (input / output) + 2 * supportOf(input, output) + 1) + 2;
  return 2 * Math.ceil(Math.min(input, reach) / 2);
}
