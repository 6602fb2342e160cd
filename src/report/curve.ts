export type Point = readonly [x: number, y: number];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/**
 * Least-squares line through the 2 * half + 1 values around each place (fewer at the ends), read at that
 * place. Unlike a moving mean it does not bend at the ends of a falling curve. Linear in the number of values.
 */
function localLine(values: readonly number[], half: number): number[] {
  const sums = [0];
  const weighted = [0];
  for (const [i, value] of values.entries()) {
    sums.push(sums[i] + value);
    weighted.push(weighted[i] + i * value);
  }
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(values.length, i + half + 1)];
    const n = to - from;
    const centre = (from + to - 1) / 2;
    const total = sums[to] - sums[from];
    const slope = n < 2 ? 0 : (weighted[to] - weighted[from] - centre * total) / ((n * (n * n - 1)) / 12);
    return total / n + slope * (i - centre);
  });
}

/** Local lines over about a twentieth of the curve, twice; of the logarithms where a log scale shows them. */
export function smooth(points: readonly Point[], log: boolean): Point[] {
  const half = Math.max(2, Math.round(points.length / 40));
  const values = points.map(([, y]) => (log ? Math.log(y) : y));
  const smoothed = localLine(localLine(values, half), half);
  return points.map(([x], i) => [x, log ? Math.exp(smoothed[i]) : smoothed[i]]);
}

const buckets = (points: readonly Point[], parts: number): (readonly Point[])[] =>
  Array.from({ length: parts }, (_, i) =>
    points.slice(Math.floor((i * points.length) / parts), Math.floor(((i + 1) * points.length) / parts)),
  );

/** Outline of the lowest and highest values in each of `parts` stretches, so that spikes stay to be seen. */
export function envelope(points: readonly Point[], parts: number): Point[] {
  const stretches = buckets(points, parts).map((bucket) => {
    const values = bucket.map(([, y]) => y);
    return { x: mean(bucket.map(([x]) => x)), low: Math.min(...values), high: Math.max(...values) };
  });
  const lower = stretches.map(({ x, low }): Point => [x, low]);
  return [...lower, ...stretches.reverse().map(({ x, high }): Point => [x, high])];
}

/** At most `most` indices spread evenly from the first to the last. */
export const spread = (length: number, most: number): number[] =>
  length <= most
    ? Array.from({ length }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)));
