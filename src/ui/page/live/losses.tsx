import { useMemo, useState } from 'preact/hooks';
import type { LiveState } from '../../live/types.js';
import { useWords } from '../shared/i18n.js';
import { Cell } from './cell.js';
import { Chart } from './chart.js';
import { smooth } from './smooth.js';
import { words } from './words.js';

export function Losses({ state: { series } }: { readonly state: LiveState }) {
  const w = useWords(words);
  const [weight, setWeight] = useState(0.8);
  const [log, setLog] = useState(true);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const names = Object.keys(series.losses);
  const curves = useMemo(
    () =>
      names
        .map((name, i) => ({ name, colour: 1 + (i % 6), values: series.losses[name]! }))
        .filter(({ name }) => !hidden.has(name))
        .flatMap(({ name, colour, values }) => [
          { label: `${name} *`, colour, values, faint: true },
          { label: name, colour, values: smooth(values, weight, series.iter) },
        ]),
    [series, weight, hidden],
  );
  const toggle = (name: string): void => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <Cell
      title={w.losses}
      area="losses"
      aside={
        <div class="tools">
          <label>
            {w.smoothing}
            <input
              type="range"
              min="0"
              max="0.98"
              step="0.02"
              value={weight}
              onInput={(event) => setWeight(Number(event.currentTarget.value))}
            />
            <output>{weight.toFixed(2)}</output>
          </label>
          <label>
            <input type="checkbox" checked={log} onChange={(event) => setLog(event.currentTarget.checked)} />
            {w.logScale}
          </label>
        </div>
      }
    >
      {series.iter.length === 0 ? (
        <p class="dim">{w.noLosses}</p>
      ) : (
        <>
          {names.length > 1 && (
            <div class="tools">
              {names.map((name, i) => (
                <label key={name}>
                  <input type="checkbox" checked={!hidden.has(name)} onChange={() => toggle(name)} />
                  <i class={`swatch series-${1 + (i % 6)}`} aria-hidden="true" />
                  {name}
                </label>
              ))}
            </div>
          )}
          <Chart x={series.iter} curves={curves} log={log} label={w.lossChart} />
        </>
      )}
    </Cell>
  );
}
