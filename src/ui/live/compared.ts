import type { OpenExperiment } from './experiment.js';
import { differing, optionsOf } from './experiment-options.js';
import { halved } from './series.js';
import type { Phase, Series } from './types.js';

/** What the comparing page knows of an experiment. */
export interface ComparedRun {
  readonly name: string;
  readonly phase: Phase;
  readonly iter: number;
  readonly totalIter: number;
  readonly series: Series;
  /** Means over the photographs, metric by metric, one entry a validation. */
  readonly validation: readonly {
    readonly iter: number;
    readonly values: Readonly<Record<string, number>>;
  }[];
}

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** Options in which the runs differ; `values` in the order of `runs`. */
  readonly options: readonly { readonly option: string; readonly values: readonly (string | null)[] }[];
}

/** A curve among many need not be finer than this. */
const MOST = 500;

export async function compared(open: readonly OpenExperiment[]): Promise<Comparison> {
  const options = await Promise.all(open.map(({ folder }) => optionsOf(folder)));
  return {
    runs: open.map(({ watched: { state } }) => ({
      name: state.name,
      phase: state.phase,
      iter: state.last?.iter ?? 0,
      totalIter: state.last?.totalIter ?? 0,
      series: shortened(state.series),
      validation: state.validation.map(({ iter, results }) => ({ iter, values: means(results) })),
    })),
    options: differing(options.map(({ values }) => values)).map(({ option, values }) => ({
      option,
      values: values.map((value) => value ?? null),
    })),
  };
}

function shortened(series: Series): Series {
  return series.iter.length > MOST ? shortened(halved(series)) : series;
}

function means(
  results: readonly { readonly psnr: number; readonly metrics?: Readonly<Record<string, number>> }[],
): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { psnr, metrics } of results)
    for (const [name, value] of Object.entries({ psnr, ...metrics }))
      sums.set(name, (sums.get(name) ?? 0) + value / results.length);
  return Object.fromEntries(sums);
}
