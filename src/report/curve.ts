export type Point = readonly [x: number, y: number];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Centred moving mean over 2 * half + 1 values, fewer at the ends; linear in the number of values. */
function movingMean(values: readonly number[], half: number): number[] {
  const sums = [0];
  for (const value of values) sums.push(sums[sums.length - 1] + value);
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(values.length, i + half + 1)];
    return (sums[to] - sums[from]) / (to - from);
  });
}

/** A moving mean of a moving mean (a triangular window) over about a twentieth of the curve: no lag. */
export function smooth(points: readonly Point[]): Point[] {
  const half = Math.max(1, Math.round(points.length / 40));
  const values = points.map(([, y]) => y);
  const smoothed = movingMean(movingMean(values, half), half);
  return points.map(([x], i) => [x, smoothed[i]]);
}

const buckets = (points: readonly Point[], parts: number): (readonly Point[])[] =>
  Array.from({ length: parts }, (_, i) =>
    points.slice(Math.floor((i * points.length) / parts), Math.floor(((i + 1) * points.length) / parts)),
  );

/** At most `most` points: the lowest and highest of each stretch, so that spikes stay to be seen. */
export function thinOut(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  return buckets(points, Math.floor(most / 2)).flatMap((bucket) => {
    const low = bucket.reduce((best, point) => (point[1] < best[1] ? point : best));
    const high = bucket.reduce((best, point) => (point[1] > best[1] ? point : best));
    return low === high ? [low] : low[0] < high[0] ? [low, high] : [high, low];
  });
}

/** At most `most` indices spread evenly from the first to the last. */
export const spread = (length: number, most: number): number[] =>
  length <= most
    ? Array.from({ length }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)));
