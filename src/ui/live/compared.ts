import type { OpenExperiment } from './experiment.js';
import { differing, optionsOf } from './experiment-options.js';
import { halved } from './series.js';
import type { Comparison, Series } from './types.js';

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
