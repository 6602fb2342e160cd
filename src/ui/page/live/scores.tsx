import { useMemo, useState } from 'preact/hooks';
import type { LiveState } from '../../live/types.js';
import { useWords } from '../shared/i18n.js';
import { Cell } from './cell.js';
import { Chart, type Curve } from './chart.js';
import { decibel } from './format.js';
import { words } from './words.js';

type Validation = LiveState['validation'];

/** More photographs than colours are shown by their mean. */
const MOST_CURVES = 5;

export function Scores({ state: { validation } }: { readonly state: LiveState }) {
  const w = useWords(words);
  const metrics = metricsOf(validation);
  const [chosen, choose] = useState('psnr');
  const metric = metrics.includes(chosen) ? chosen : 'psnr';
  const curves = useMemo(() => curvesOf(validation, metric, w.bicubic), [validation, metric, w]);
  const gain = gainOf(validation);
  return (
    <Cell
      title={w.scores}
      area="scores"
      aside={
        metrics.length > 1 && (
          <label class="tools">
            {w.metric}
            <select value={metric} onChange={(event) => choose(event.currentTarget.value)}>
              {metrics.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )
      }
    >
      {validation.length === 0 ? (
        <p class="dim">{w.noScores}</p>
      ) : (
        <>
          {gain !== undefined && metric === 'psnr' && (
            <p class={`gain ${gain >= 0 ? 'good' : 'poor'}`}>
              {gain >= 0 ? w.above(decibel(gain)) : w.below(decibel(-gain))}
            </p>
          )}
          <Chart x={validation.map(({ iter }) => iter)} curves={curves} height={200} label={w.scoreChart} />
        </>
      )}
    </Cell>
  );
}

const metricsOf = (validation: Validation): string[] =>
  [
    'psnr',
    ...new Set(
      validation.flatMap(({ results }) => results.flatMap(({ metrics }) => Object.keys(metrics ?? {}))),
    ),
  ].filter((name, i, all) => all.indexOf(name) === i);

const known = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

function mean(values: readonly (number | null)[]): number | null {
  const numbers = values.flatMap((value) => value ?? []);
  return numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

function curvesOf(validation: Validation, metric: string, bicubic: string): Curve[] {
  const names = [...new Set(validation.flatMap(({ results }) => results.map(({ name }) => name)))];
  const of = (pick: (result: Validation[number]['results'][number]) => number | null, name?: string) =>
    validation.map(({ results }) =>
      mean(results.filter((r) => name === undefined || r.name === name).map(pick)),
    );
  const value = (r: Validation[number]['results'][number]): number | null =>
    known(metric === 'psnr' ? r.psnr : r.metrics?.[metric]);
  const shown = names.length > MOST_CURVES ? [undefined] : names;
  const curves = shown.flatMap((name, i): Curve[] => {
    const label = name ?? `Ø ${names.length}`;
    const colour = 1 + i;
    const base = metric === 'psnr' ? of((r) => known(r.psnrBicubic), name) : [];
    return [
      { label, colour, values: of(value, name), dots: true },
      ...(base.some((b) => b !== null)
        ? [{ label: shown.length > 1 ? `${label}, ${bicubic}` : bicubic, colour, values: base, dashed: true }]
        : []),
    ];
  });
  return curves;
}

/** How far the network is above bicubic interpolation at last, in dB, over all photographs. */
function gainOf(validation: Validation): number | undefined {
  const results = validation.at(-1)?.results ?? [];
  const gains = results.map(({ psnr, psnrBicubic }) => {
    const [a, b] = [known(psnr), known(psnrBicubic)];
    return a === null || b === null ? null : a - b;
  });
  return mean(gains) ?? undefined;
}
