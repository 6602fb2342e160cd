import type { Point } from './curve.js';
import { type Html, html } from './html.js';
import { linearScale, logScale, type Scale } from './scale.js';

export interface Series {
  readonly label: string;
  /** dots: light single points; band: a light outline, filled; line, dashed: joined; marked: joined, with dots. */
  readonly style: 'dots' | 'band' | 'line' | 'dashed' | 'marked';
  readonly points: readonly Point[];
}

/** What a place on the x axis says when the mouse rests there. */
export interface Readout {
  readonly at: Point;
  readonly text: string;
}

export interface Plot {
  /** One sentence for readers who cannot see the curve. */
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly log?: boolean;
  readonly series: readonly Series[];
  readonly readouts: readonly Readout[];
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly ticks: number;
  readonly className: string;
}

/** Text in a picture shrinks with it, so phones get a drawing of their own; the style sheet shows one. */
const frames: readonly Frame[] = [
  { width: 920, height: 320, ticks: 8, className: 'wide' },
  { width: 400, height: 280, ticks: 4, className: 'narrow' },
];
const margin = { left: 54, right: 20, top: 34, bottom: 44 };

const px = (value: number): number => Number(value.toFixed(1));
const extent = (values: readonly number[]): [number, number] => [
  values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY),
  values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY),
];

function scalesOf(plot: Plot, ticks: number): { x: Scale; y: Scale } {
  const points = plot.series.flatMap((series) => series.points);
  const [left, right] = extent(points.map(([x]) => x));
  const [low, high] = extent(points.map(([, y]) => y));
  return {
    x: linearScale(left, right, { wanted: ticks, whole: true }),
    y: plot.log
      ? logScale(low / 1.1, high * 1.1, { wanted: 5 })
      : linearScale(low, high, { wanted: 5, nice: true }),
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
  return html`${line}${places.map(([x, y]) => html`<circle class="mark" cx="${x}" cy="${y}" r="4"/>`)}`;
}

function drawReadouts(readouts: readonly Readout[], place: Place, frame: Frame): Html[] {
  const centres = readouts.map(({ at }) => place(at)[0]);
  const edges = [
    margin.left,
    ...centres.slice(1).map((x, i) => (x + centres[i]) / 2),
    frame.width - margin.right,
  ];
  const height = frame.height - margin.top - margin.bottom;
  return readouts.map(({ at, text }, i) => {
    const [x, y] = place(at);
    return html`<g class="readout"><title>${text}</title><rect x="${px(edges[i])}" y="${margin.top}" width="${px(edges[i + 1] - edges[i])}" height="${height}"/><path d="M${x} ${margin.top}v${height}"/><circle cx="${x}" cy="${y}" r="4"/></g>`;
  });
}

function draw(plot: Plot, frame: Frame): Html {
  const { x, y } = scalesOf(plot, frame.ticks);
  const [right, bottom] = [frame.width - margin.right, frame.height - margin.bottom];
  const across = (value: number) => px(margin.left + x.at(value) * (right - margin.left));
  const down = (value: number) => px(bottom - y.at(value) * (bottom - margin.top));
  const place: Place = (point) => [across(point[0]), down(point[1])];
  return html`<svg class="plot ${frame.className}" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${plot.description}">
<g class="grid">${y.ticks.map((tick) => html`<path d="M${margin.left} ${down(tick.value)}H${right}"/>`)}</g>
<g class="axis"><path d="M${margin.left} ${bottom}H${right}"/>${x.ticks.map((tick) => html`<path d="M${across(tick.value)} ${bottom}v5"/>`)}</g>
<g class="labels end">${y.ticks.map((tick) => html`<text x="${margin.left - 8}" y="${px(down(tick.value) + 4)}">${tick.label}</text>`)}</g>
<g class="labels middle">${x.ticks.map((tick) => html`<text x="${across(tick.value)}" y="${bottom + 19}">${tick.label}</text>`)}</g>
<text class="unit" x="0" y="14">${plot.yLabel}${plot.log && ' (log scale)'}</text>
<text class="unit end" x="${right}" y="${frame.height - 6}">${plot.xLabel}</text>
${plot.series.map((series) => drawSeries(series, place))}
<g>${drawReadouts(plot.readouts, place, frame)}</g>
</svg>`;
}

/**
 * A line chart as inline SVG, coloured by the report's style sheet. Every series needs a point, every
 * value must be finite, and positive on a log scale.
 */
export const drawPlot = (plot: Plot): Html =>
  html`<ul class="legend">${plot.series.map(
    ({ label, style }) => html`<li><span class="key ${style}"></span>${label}</li>`,
  )}</ul>${frames.map((frame) => draw(plot, frame))}`;
