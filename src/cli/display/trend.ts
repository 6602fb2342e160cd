const most = 32;

/** A curve of bounded length however long the run is: each value is the mean of `each` records. */
export interface Trend {
  readonly values: readonly number[];
  readonly each: number;
  /** Sum and number of the records that do not make a value yet. */
  readonly sum: number;
  readonly held: number;
}

export const noTrend: Trend = { values: [], each: 1, sum: 0, held: 0 };

/** The curve with one record more; where it grows too long, its values are joined two by two. */
export function grow(trend: Trend, value: number | undefined): Trend {
  if (value === undefined || !Number.isFinite(value)) return trend;
  const [sum, held] = [trend.sum + value, trend.held + 1];
  if (held < trend.each) return { ...trend, sum, held };
  const values = [...trend.values, sum / held];
  if (values.length < most) return { values, each: trend.each, sum: 0, held: 0 };
  const joined = values.flatMap((low, i) => (i % 2 === 0 ? [(low + values[i + 1]!) / 2] : []));
  return { values: joined, each: trend.each * 2, sum: 0, held: 0 };
}

/** Its values and the mean of what is not one yet. */
export const valuesOf = ({ values, sum, held }: Trend): readonly number[] =>
  held === 0 ? values : [...values, sum / held];
