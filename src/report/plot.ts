import type { Point } from './curve.js';
import { type Content, type Html, html } from './html.js';
import { attribute, both, english, mandarin } from './say.js';
import { linearScale, logScale, type Scale } from './scale.js';
import type { Words } from './words.js';

export type Say<T> = (words: Words) => T;

export interface Series {
  readonly label: Say<string>;
  /** dots: light single points; band: a light outline, filled; line, dashed: joined; marked: joined, with dots. */
  readonly style: 'dots' | 'band' | 'line' | 'dashed' | 'marked';
  readonly points: readonly Point[];
}

/** What a place on the x axis says to those who point at it, or go there with the arrow keys. */
export interface Readout {
  readonly at: Point;
  /** One for each of the plot's `columns`. */
  readonly values: readonly string[];
}

export interface Plot {
  readonly name: Say<string>;
  /** One sentence for readers who cannot see the curve. */
  readonly description: Say<string>;
  readonly xLabel: Say<string>;
  readonly yLabel: Say<Content>;
  readonly log?: boolean;
  /** Whether the y axis begins at nothing. */
  readonly fromZero?: boolean;
  readonly series: readonly Series[];
  readonly columns: readonly Say<string>[];
  readonly readouts: readonly Readout[];
}

const frame = { width: 480, height: 250 };
const margin = { left: 52, right: 14, top: 8, bottom: 26 };
const right = frame.width - margin.right;
const bottom = frame.height - margin.bottom;

const px = (value: number): number => Number(value.toFixed(1));
const extent = (values: readonly number[]): [number, number] => [
  values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY),
  values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY),
];

function scalesOf({ series, log, fromZero }: Plot): { x: Scale; y: Scale } {
  const points = series.flatMap((one) => one.points);
  const [first, last] = extent(points.map(([x]) => x));
  const [low, high] = extent(points.map(([, y]) => y));
  return {
    x: linearScale(first, last, { wanted: 5, whole: true }),
    y: log
      ? logScale(low / 1.1, high * 1.1, { wanted: 5 })
      : linearScale(fromZero ? Math.min(0, low) : low, high, { wanted: 5, nice: true }),
  };
}

type Place = (point: Point) => readonly [number, number];

function drawSeries({ style, points }: Series, place: Place): Html {
  const places = points.map(place);
  if (style === 'dots')
    return html`<path class="dots" d="${places.map(([x, y]) => `M${x} ${y}h0`).join('')}"/>`;
  const path = places.map(([x, y]) => `${x} ${y}`).join('L');
  if (style === 'band') return html`<path class="band" d="M${path}Z"/>`;
  const line = html`<path class="${style}" d="M${path}"/>`;
  if (style !== 'marked') return line;
  return html`${line}${places.map(([x, y]) => html`<circle class="mark" cx="${x}" cy="${y}" r="3.5"/>`)}`;
}

function draw(plot: Plot, { x, y }: ReturnType<typeof scalesOf>, place: Place): Html {
  const across = (value: number): number => place([value, y.ticks[0]?.value ?? 1])[0];
  const down = (value: number): number => place([x.ticks[0]?.value ?? 0, value])[1];
  return html`<svg class="plot" viewBox="0 0 ${frame.width} ${frame.height}" role="img"${attribute('aria-label', plot.description)}>
<g class="grid">${y.ticks.map((tick) => html`<path d="M${margin.left} ${down(tick.value)}H${right}"/>`)}</g>
<g class="axis"><path d="M${margin.left} ${bottom}H${right}"/>${x.ticks.map((tick) => html`<path d="M${across(tick.value)} ${bottom}v4"/>`)}</g>
<g class="labels end">${y.ticks.map((tick) => html`<text x="${margin.left - 7}" y="${px(down(tick.value) + 4)}">${tick.label}</text>`)}</g>
<g class="labels middle">${x.ticks.map((tick) => html`<text x="${across(tick.value)}" y="${bottom + 18}">${tick.label}</text>`)}</g>
${plot.series.map((series) => drawSeries(series, place))}
<g class="cursor"><path d="M0 ${margin.top}V${bottom}"/><circle cx="0" cy="0" r="4"/></g>
</svg>`;
}

function readable({ name, columns, readouts }: Plot, place: Place): Html {
  const places = readouts.map(({ at }) => place(at));
  const labels = (words: Words): string => JSON.stringify(columns.map((column) => column(words)));
  return html` data-x="${JSON.stringify(places.map(([x]) => x))}" data-y="${JSON.stringify(places.map(([, y]) => y))}" data-values="${JSON.stringify(readouts.map(({ values }) => values))}" data-labels="${labels(english)}" data-zh-labels="${labels(mandarin)}" data-name="${english.readCurve(name(english))}" data-zh-name="${mandarin.readCurve(name(mandarin))}"`;
}

/**
 * A line chart as inline SVG, coloured by the report's style sheet. Every series needs a point, every
 * value must be finite, and positive on a log scale.
 */
export function drawPlot(plot: Plot): Html {
  const scales = scalesOf(plot);
  const place: Place = ([x, y]) => [
    px(margin.left + scales.x.at(x) * (right - margin.left)),
    px(bottom - scales.y.at(y) * (bottom - margin.top)),
  ];
  const legend = plot.series.map(
    ({ label, style }) => html`<li><span class="key ${style}"></span>${both(label)}</li>`,
  );
  return html`<ul class="legend">${legend}</ul><div class="head"><p class="unit">${both((w) => [plot.yLabel(w), plot.log && w.logScale])}</p></div><div class="chart" data-width="${frame.width}"${readable(plot, place)}>${draw(plot, scales, place)}</div><p class="unit end">${both(plot.xLabel)}</p>`;
}
