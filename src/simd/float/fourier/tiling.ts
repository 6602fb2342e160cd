/** Planes cut into tiles that overlap by what a kernel needs around a value. */
export interface Tiling {
  /** Sides of a tile: sizes of transforms. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** Values around those that a tile makes: more on its left, where vectors begin. */
  readonly left: number;
  readonly radius: number;
  /** What a tile makes. */
  readonly usefulWidth: number;
  readonly usefulHeight: number;
}

export interface TilesJob {
  readonly tiling: Tiling;
  /** Planes with borders, as large as all tiles together. */
  readonly source: Float32Array;
  /** (2 radius + 1)^2 weights, the same from both ends. */
  readonly weights: Float32Array;
  readonly out: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly planes: number;
}

const sides = [64, 128, 256] as const;

/** Nanoseconds on one core, as measured: of a weight and value of a plain sum, and of a value of a tile. */
const weightCost = 0.047;
const tileCost = 2.4;

/** The tiling that costs least; undefined if sums of `taps` weights each cost less. */
export function tilingFor(width: number, height: number, radius: number, taps: number): Tiling | undefined {
  const left = 4 * Math.ceil(radius / 4);
  let least = weightCost * taps * width * height;
  let best: Tiling | undefined;
  for (const tileWidth of sides) {
    for (const tileHeight of sides) {
      const usefulWidth = tileWidth - left - radius;
      const usefulHeight = tileHeight - 2 * radius;
      if (usefulWidth < 16 || usefulHeight < 16) continue;
      const columns = Math.ceil(width / usefulWidth);
      const rows = Math.ceil(height / usefulHeight);
      const cost = tileCost * tileWidth * tileHeight * (columns * rows + 0.5);
      if (cost >= least) continue;
      least = cost;
      best = { width: tileWidth, height: tileHeight, columns, rows, left, radius, usefulWidth, usefulHeight };
    }
  }
  return best;
}

/** Size of planes that hold all tiles. */
export const spanOf = ({ columns, rows, left, radius, usefulWidth, usefulHeight }: Tiling) => ({
  width: columns * usefulWidth + left + radius,
  height: rows * usefulHeight + 2 * radius,
});

/** Where a tile begins in the source, where its values go, and how many of them there are. */
export interface Tile {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
}

/** All tiles, plane by plane. */
export function tilesOf({ tiling, width, height, planes }: TilesJob): readonly Tile[] {
  const { columns, rows, usefulWidth, usefulHeight } = tiling;
  const span = spanOf(tiling);
  return Array.from({ length: planes * rows * columns }, (_, i) => {
    const x = (i % columns) * usefulWidth;
    const y = (Math.floor(i / columns) % rows) * usefulHeight;
    const plane = Math.floor(i / (columns * rows));
    return {
      from: (plane * span.height + y) * span.width + x,
      to: (plane * height + y) * width + x,
      width: Math.min(usefulWidth, width - x),
      height: Math.min(usefulHeight, height - y),
    };
  });
}
