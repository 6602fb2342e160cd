import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ComparedRun, Comparison } from '../../live/types.js';
import { getJson } from '../shared/api.js';
import { useWords } from '../shared/i18n.js';
import { LanguageSwitch } from '../shared/language-switch.js';
import { Cell } from './cell.js';
import { Chart, type Curve } from './chart.js';
import { count, figure } from './format.js';
import { overlaid } from './overlay.js';
import { smooth } from './smooth.js';
import { words } from './words.js';

const AGAIN_MS = 5000;

/** Several experiments beside each other: their curves in one picture, and the options in which they differ. */
export function ComparePage() {
  const w = useWords(words);
  const [comparison, setComparison] = useState<Comparison>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [curve, setCurve] = useState<string>();
  useEffect(() => {
    const load = (): void => void getJson<Comparison>('/api/experiments').then(setComparison, () => {});
    load();
    const timer = setInterval(load, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  if (!comparison) return <p class="waiting">{w.loading}</p>;
  const { runs, options } = comparison;
  const names = curvesIn(runs);
  const shown = curve ?? names[0] ?? '';
  const toggle = (name: string): void => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <>
      <header class="bar">
        <div class="bar-title">
          <h1>{w.experiments}</h1>
        </div>
        <LanguageSwitch />
      </header>
      <main class="panel compare-panel">
        <Cell
          title={w.curve}
          area="wide"
          aside={
            <select
              aria-label={w.curve}
              value={shown}
              onChange={(event) => setCurve(event.currentTarget.value)}
            >
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          }
        >
          <Overlay runs={runs} hidden={hidden} name={shown} />
        </Cell>
        <Cell title={w.chooseRuns} area="wide">
          <Runs runs={runs} hidden={hidden} toggle={toggle} />
        </Cell>
        <Cell title={w.differences} area="wide">
          {options.length === 0 ? (
            <p class="dim">{w.noDifferences}</p>
          ) : (
            <Differences comparison={comparison} />
          )}
        </Cell>
      </main>
    </>
  );
}

const VALIDATION = 'validation: ';

function curvesIn(runs: readonly ComparedRun[]): string[] {
  const losses = runs.flatMap(({ series }) => Object.keys(series.losses));
  const metrics = runs.flatMap(({ validation }) => validation.flatMap(({ values }) => Object.keys(values)));
  return [...new Set([...losses, ...metrics.map((name) => VALIDATION + name), 'lr', 'time'])];
}

const colourOf = (i: number): number => 1 + (i % 6);

function Overlay({
  runs,
  hidden,
  name,
}: {
  readonly runs: readonly ComparedRun[];
  readonly hidden: ReadonlySet<string>;
  readonly name: string;
}) {
  const w = useWords(words);
  const metric = name.startsWith(VALIDATION) ? name.slice(VALIDATION.length) : undefined;
  const { x, curves } = useMemo(() => {
    const shown = runs.map((run, i) => ({ run, i })).filter(({ run }) => !hidden.has(run.name));
    const columns = shown.map(({ run }) => columnOf(run, name, metric));
    const { x, values } = overlaid(columns);
    const curves = shown.map(
      ({ run, i }, k): Curve => ({
        label: run.name,
        colour: colourOf(i),
        values: metric === undefined && name !== 'lr' ? smooth(values[k]!, 0.8, x) : values[k]!,
        dots: metric !== undefined,
        dashed: i >= 6,
      }),
    );
    return { x, curves };
  }, [runs, hidden, name, metric]);
  return (
    <Chart x={x} curves={curves} log={metric === undefined && name !== 'lr'} height={320} label={w.curve} />
  );
}

function columnOf({ series, validation }: ComparedRun, name: string, metric: string | undefined) {
  if (metric !== undefined)
    return {
      x: validation.map(({ iter }) => iter),
      y: validation.map(({ values }) => values[metric] ?? null),
    };
  const own = name === 'lr' ? series.lr : name === 'time' ? series.time : series.losses[name];
  return { x: series.iter, y: own ?? series.iter.map(() => null) };
}

function Runs({
  runs,
  hidden,
  toggle,
}: {
  readonly runs: readonly ComparedRun[];
  readonly hidden: ReadonlySet<string>;
  readonly toggle: (name: string) => void;
}) {
  const w = useWords(words);
  const losses = [...new Set(runs.flatMap(({ series }) => Object.keys(series.losses)))];
  const metrics = [
    ...new Set(runs.flatMap(({ validation }) => Object.keys(validation.at(-1)?.values ?? {}))),
  ];
  return (
    <div class="wide">
      <table class="list runs">
        <thead>
          <tr>
            <th>{w.name}</th>
            <th>{w.phase}</th>
            <th class="number">{w.iteration}</th>
            {losses.map((name) => (
              <th key={name} class="number">
                {name}
              </th>
            ))}
            {metrics.map((name) => (
              <th key={name} class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run, i) => (
            <tr key={run.name}>
              <td>
                <label>
                  <input
                    type="checkbox"
                    checked={!hidden.has(run.name)}
                    onChange={() => toggle(run.name)}
                    aria-label={run.name}
                  />
                  <i class={`swatch series-${colourOf(i)}${i >= 6 ? ' dashed' : ''}`} aria-hidden="true" />
                </label>
                <a href={`/e/${encodeURIComponent(run.name)}`}>{run.name}</a>
              </td>
              <td>{w.phases[run.phase]}</td>
              <td class="number">
                {count(run.iter)}
                {run.totalIter > 0 && <span class="dim"> / {count(run.totalIter)}</span>}
              </td>
              {losses.map((name) => (
                <td key={name} class="number">
                  {figure(run.series.losses[name]?.findLast((value) => value !== null))}
                </td>
              ))}
              {metrics.map((name) => (
                <td key={name} class="number">
                  {figure(run.validation.at(-1)?.values[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Differences({ comparison: { runs, options } }: { readonly comparison: Comparison }) {
  const w = useWords(words);
  return (
    <div class="wide">
      <table class="list">
        <thead>
          <tr>
            <th>{w.options}</th>
            {runs.map(({ name }, i) => (
              <th key={name}>
                <i class={`swatch series-${colourOf(i)}${i >= 6 ? ' dashed' : ''}`} aria-hidden="true" />
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {options.map(({ option, values }) => (
            <tr key={option}>
              <th scope="row" class="mono">
                {option}
              </th>
              {values.map((value, i) => (
                <td key={runs[i]!.name} class="mono">
                  {value ?? '–'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
