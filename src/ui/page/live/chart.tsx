import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useWords } from '../shared/i18n.js';
import { count, figure } from './format.js';
import { words } from './words.js';

export interface Curve {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Number of a colour of the theme, from 1. */
  readonly colour: number;
  readonly faint?: boolean;
  readonly dashed?: boolean;
  readonly dots?: boolean;
}

export interface ChartProps {
  readonly x: readonly number[];
  readonly curves: readonly Curve[];
  readonly log?: boolean;
  readonly height?: number;
  /** What is shown, for those who hear it. */
  readonly label: string;
}

const dark = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)');

/** Curves over iterations; values at the pointer stand above them. */
export function Chart({ x, curves, log = false, height = 240, label }: ChartProps) {
  const w = useWords(words);
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [at, setAt] = useState<number>();
  const [theme, setTheme] = useState(0);
  const shape = JSON.stringify([
    curves.map((c) => [c.label, c.colour, c.faint, c.dashed, c.dots]),
    log,
    height,
    theme,
  ]);

  useEffect(() => {
    const changed = (): void => setTheme((n) => n + 1);
    dark?.addEventListener('change', changed);
    return () => dark?.removeEventListener('change', changed);
  }, []);

  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(
      optionsOf(curves, log, element.clientWidth, height, setAt),
      dataOf(x, curves, log),
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
    };
  }, [shape]);

  useEffect(() => {
    plot.current?.setData(dataOf(x, curves, log));
  }, [x, curves, log]);

  const pointed = at !== undefined && at < x.length ? at : undefined;
  return (
    <figure class="chart" aria-label={label} data-points={x.length}>
      <figcaption class="chart-values" aria-hidden={pointed !== undefined}>
        <span class="chart-at">
          {w.iteration} {count(x[pointed ?? x.length - 1])}
        </span>
        {curves
          .filter(({ faint }) => !faint)
          .map((curve) => (
            <span key={curve.label} class="chart-value">
              <i class={`swatch series-${curve.colour}${curve.dashed ? ' dashed' : ''}`} aria-hidden="true" />
              {curve.label} <b>{figure(valueAt(curve.values, pointed))}</b>
            </span>
          ))}
      </figcaption>
      <div ref={box} class="chart-plot" style={{ height: `${height}px` }} />
    </figure>
  );
}

const valueAt = (values: readonly (number | null)[], at: number | undefined): number | null | undefined =>
  at === undefined ? values.findLast((value) => value !== null) : values[at];

function dataOf(x: readonly number[], curves: readonly Curve[], log: boolean): uPlot.AlignedData {
  const drawable = (values: Curve['values']) =>
    log ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];
  return [[...x], ...curves.map(({ values }) => drawable(values))];
}

function optionsOf(
  curves: readonly Curve[],
  log: boolean,
  width: number,
  height: number,
  point: (at: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = `11px ${colour('--sans')}`;
  const axis = { stroke: colour('--ink-3'), font, ticks: { show: false } };
  const grid = { stroke: colour('--grid'), width: 1 };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false }, points: { size: 6 } },
    padding: [8, 22, 0, 0],
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [
      { ...axis, grid: { show: false }, size: 26, values: (_, splits) => splits.map((n) => short(n)) },
      { ...axis, grid, size: 56, values: (_, splits) => splits.map((n) => (n === null ? '' : figure(n))) },
    ],
    series: [
      {},
      ...curves.map(({ label, colour: number, faint, dashed, dots }) => ({
        label,
        stroke: colour(`--series-${number}`) + (faint ? '4d' : ''),
        width: faint ? 1 : 1.75,
        dash: dashed ? [4, 4] : undefined,
        spanGaps: true,
        points: dots ? { show: true, size: 5, fill: colour('--panel') } : { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? undefined)] },
  };
}

/** 400,000 as 400k: an axis has little room. */
function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  return value >= 10_000 ? `${Number((value / 1000).toFixed(1))}k` : count(value);
}
