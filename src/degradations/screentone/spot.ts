/** Shapes of dots: the cell (u, v in [0, 1)) fills with ink where the value is lowest first. */
const spots = {
  circle: (u: number, v: number) => Math.hypot(u - 0.5, v - 0.5),
  diamond: (u: number, v: number) => Math.abs(u - 0.5) + Math.abs(v - 0.5),
  square: (u: number, v: number) => Math.max(Math.abs(u - 0.5), Math.abs(v - 0.5)),
  line: (_: number, v: number) => Math.abs(v - 0.5),
  cross: (u: number, v: number) => Math.min(Math.abs(u - 0.5), Math.abs(v - 0.5)),
} as const;

export type Dot = keyof typeof spots;
export const dots = ['circle', 'diamond', 'square', 'line', 'cross'] as const satisfies readonly Dot[];

/** Places along an edge of a cell. */
export const cellSide = 64;

const cache = new Map<Dot, Float32Array>();

/**
 * For each place of a cell the share of ink from which on it is covered, evenly spread over (0, 1): whatever the shape,
 * as much is covered as the tone asks for. Made once for each shape.
 */
export function inkThresholds(dot: Dot): Float32Array {
  const known = cache.get(dot);
  if (known) return known;
  const count = cellSide * cellSide;
  const heights = Float64Array.from({ length: count }, (_, i) =>
    spots[dot]((Math.floor(i % cellSide) + 0.5) / cellSide, (Math.floor(i / cellSide) + 0.5) / cellSide),
  );
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => heights[a] - heights[b] || a - b);
  const thresholds = new Float32Array(count);
  order.forEach((place, rank) => {
    thresholds[place] = (rank + 0.5) / count;
  });
  cache.set(dot, thresholds);
  return thresholds;
}
