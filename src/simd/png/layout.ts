/** Bytes that stay free before and behind what is deflated, for whoever frames it. */
const FRAME = 64;

/** Zeros before every row: what lies left of the first pixel. */
export const MARGIN = 16;

/** Rows of about so many bytes are worked on at a time, which the cache of a core holds. */
const STRIP = 2 ** 19;
const BLOCK = 2 ** 16;

/** Where things lie in memory while images of one width are coded; addresses and sizes in bytes. */
export interface Layout {
  /** Bytes of a row. */
  readonly length: number;
  /** Bytes from row to row. */
  readonly pitch: number;
  /** The most rows of a strip. */
  readonly rows: number;
  /** The margin of a strip's first row; the row above lies before it. */
  readonly source: number;
  readonly filtered: number;
  readonly work: number;
  readonly deflated: number;
  readonly bytes: number;
}

const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16;

export function layoutOf(width: number, channels: number, workBytes: number): Layout {
  const length = width * channels;
  const pitch = MARGIN + aligned(length);
  const rows = Math.max(1, Math.floor(STRIP / pitch));
  const source = pitch;
  // One byte before the filtered rows differs from the first one, and eight behind them are read with them.
  const filtered = source + rows * pitch + MARGIN;
  const filteredBytes = rows * (length + 1);
  const work = aligned(filtered + filteredBytes + 8);
  const deflated = work + Math.max(aligned(workBytes), 4 * pitch) + FRAME;
  const most = Math.ceil((filteredBytes * 14) / 8) + 160 * Math.ceil(filteredBytes / BLOCK);
  return { length, pitch, rows, source, filtered, work, deflated, bytes: deflated + most + FRAME };
}
