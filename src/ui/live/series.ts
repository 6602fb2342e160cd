import type { RunEvent } from '../../events.js';
import type { Series } from './types.js';

type Iter = Extract<RunEvent, { type: 'iter' }>;

/** Records kept; a curve is no wider than a screen. */
export const MOST_RECORDS = 2000;

export const emptySeries: Series = { iter: [], lr: [], time: [], timeData: [], losses: {} };

/** The series with one more record. What is known of later iterations, from before the run went back, is dropped. */
export function append(series: Series, event: Iter): Series {
  const { iter, lr, time, timeData } = event;
  const kept = (series.iter.at(-1) ?? -1) >= iter ? before(series, iter) : series;
  const length = kept.iter.length;
  const names = new Set([...Object.keys(kept.losses), ...Object.keys(event.losses)]);
  const losses = Object.fromEntries(
    [...names].map((name) => {
      const column = kept.losses[name] ?? Array.from({ length }, () => null);
      return [name, [...column, finite(event.losses[name])]];
    }),
  );
  const longer = {
    iter: [...kept.iter, iter],
    lr: [...kept.lr, lr],
    time: [...kept.time, time],
    timeData: [...kept.timeData, timeData],
    losses,
  };
  return longer.iter.length > MOST_RECORDS ? halved(longer) : longer;
}

const finite = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

function before(series: Series, iter: number): Series {
  const end = series.iter.findIndex((one) => one >= iter);
  return mapColumns(series, (column) => column.slice(0, end));
}

/** Every two records made one: the mean of both, at the later iteration. */
export function halved(series: Series): Series {
  const half = mapColumns(series, (column) => {
    const out: (number | null)[] = [];
    for (let i = 0; i + 1 < column.length; i += 2) out.push(mean(column[i]!, column[i + 1]!));
    if (column.length % 2 === 1) out.push(column.at(-1)!);
    return out;
  });
  const iter = series.iter.filter((_, i) => i % 2 === 1 || i === series.iter.length - 1);
  return { ...half, iter };
}

function mean(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return (a + b) / 2;
}

type Column = readonly (number | null)[];

function mapColumns({ iter, lr, time, timeData, losses }: Series, map: (column: Column) => Column): Series {
  const numbers = (column: readonly number[]): number[] => map(column) as number[];
  return {
    iter: numbers(iter),
    lr: numbers(lr),
    time: numbers(time),
    timeData: numbers(timeData),
    losses: Object.fromEntries(Object.entries(losses).map(([name, column]) => [name, map(column)])),
  };
}
