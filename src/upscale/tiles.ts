/** A part of a picture that the network makes at once, in lq pixels. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where the window that the network looks at begins. */
  readonly left: number;
  readonly top: number;
}

export interface TilePlan {
  /** Rows of tiles, top to bottom; all tiles of a row are equally high. */
  readonly rows: readonly (readonly Tile[])[];
  /** Size of every window: one for all, as engines prepare themselves for each size they meet. */
  readonly windowWidth: number;
  readonly windowHeight: number;
}

export interface TileOptions {
  /** Edge of a tile in lq pixels; 0 takes the picture as a whole. Default 256. */
  readonly tile?: number;
  /** How far beyond its tile the network looks at least, in lq pixels. Default 16. */
  readonly tile_pad?: number;
}

const upTo = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/**
 * Cuts a picture into tiles. A window reaches `tile_pad` beyond its tile on each side, except where the picture
 * ends: there it is moved inwards, so that the network sees the picture's own border as such and no other.
 * @param multiple windows begin and end at multiples of it; the picture may have to be extended to one
 */
export function planTiles(
  width: number,
  height: number,
  multiple: number,
  options: TileOptions = {},
): TilePlan {
  const { tile = 256, tile_pad = 16 } = options;
  const pad = upTo(tile_pad, multiple);
  const across = spans(width, tile, pad, multiple);
  const down = spans(height, tile, pad, multiple);
  const rows = down.spans.map(({ start: y, length, seen: top }) =>
    across.spans.map(({ start: x, length: w, seen: left }) => ({
      x,
      y,
      width: w,
      height: length,
      left,
      top,
    })),
  );
  return { rows, windowWidth: across.window, windowHeight: down.window };
}

interface Span {
  readonly start: number;
  readonly length: number;
  readonly seen: number;
}

function spans(
  size: number,
  wanted: number,
  pad: number,
  multiple: number,
): { spans: Span[]; window: number } {
  const extended = upTo(size, multiple);
  const step = wanted === 0 ? extended : Math.min(upTo(wanted, multiple), extended);
  const window = Math.min(extended, step + 2 * pad);
  const found: Span[] = [];
  for (let start = 0; start < size; start += step)
    found.push({
      start,
      length: Math.min(step, size - start),
      seen: Math.max(0, Math.min(start - pad, extended - window)),
    });
  return { spans: found, window };
}
