import type { RunSummary } from '../../events.js';
import { envelope, type Point, smooth, spread } from '../curve.js';
import { count, figure } from '../format.js';
import { type Html, html } from '../html.js';
import { isFinitePoint, lossNames, lossPoints, trendOf } from '../losses.js';
import { drawPlot, type Series } from '../plot.js';
import { both } from '../say.js';
import type { ReportInput } from '../types.js';
import type { Words } from '../words.js';
import { rateFigure, timeFigure } from './pace.js';
import { metricCurves, validationCurves, validationTables } from './validation.js';

const mostDots = 800;
const bandParts = 200;
const mostReadouts = 120;
/** Below this many steps a smoothed line says no more than the steps themselves. */
const fewestToSmooth = 20;

/** A log scale serves a positive curve that falls by more than this factor. */
const logRatio = 10;

function isWide(points: readonly Point[]): boolean {
  const values = points.map(([, y]) => y);
  const low = values.reduce((a, b) => Math.min(a, b));
  return low > 0 && values.reduce((a, b) => Math.max(a, b)) / low > logRatio;
}

function lostSteps(all: readonly Point[]): Html | undefined {
  const lost = all.filter((point) => !isFinitePoint(point));
  if (lost.length === 0) return undefined;
  return html` <strong class="failed">${both((w) => w.lostSteps(lost.length, count(lost[0][0])))}</strong>`;
}

function seriesOf(points: readonly Point[], smoothed: readonly Point[]): Series[] {
  if (points.length < fewestToSmooth) return [{ label: (w) => w.everyStep, style: 'marked', points }];
  return [
    points.length > mostDots
      ? { label: (w) => w.lowestToHighest, style: 'band', points: envelope(points, bandParts) }
      : { label: (w) => w.everyStep, style: 'dots', points },
    {
      label: (w) => w.smoothed,
      style: 'line',
      points: spread(smoothed.length, mostDots).map((i) => smoothed[i]),
    },
  ];
}

function lossFigure(summary: RunSummary, name: string): Html {
  const all = lossPoints(summary, name);
  const points = all.filter(isFinitePoint);
  const trend = trendOf(summary, name);
  if (!trend) return html`<p><code>${name}</code>: ${lostSteps(all)}</p>`;
  if (points.length === 1)
    return html`<p><code>${name}</code>: ${both((w) => w.onlyStep(trend.end, count(points[0][0])))}${lostSteps(all)}</p>`;
  const log = isWide(points);
  const isShort = points.length < fewestToSmooth;
  const smoothed = isShort ? points : smooth(points, log);
  const story = (w: Words): string => w.lossStory(name, trend.start, trend.end, trend.over, points.length);
  const plot = drawPlot({
    name: () => name,
    description: story,
    xLabel: (w) => w.iteration,
    yLabel: () => name,
    log,
    series: seriesOf(points, smoothed),
    columns: [(w) => w.iteration, () => name, ...(isShort ? [] : [(w: Words) => w.smoothed])],
    readouts: spread(points.length, mostReadouts).map((i) => ({
      at: smoothed[i],
      values: [count(points[i][0]), figure(points[i][1]), ...(isShort ? [] : [figure(smoothed[i][1])])],
    })),
  });
  return html`<figure><h3>${both((w) => w.lossHeading)} <code>${name}</code></h3>${plot}<figcaption>${both(story)}${lostSteps(all)}</figcaption></figure>`;
}

/** Curves of the losses, of PSNR and metrics, of the learning rate and of time; says so where nothing was recorded. */
export function trainingSection({ summary, engine, steps = [] }: ReportInput): Html {
  const names = lossNames(summary);
  return html`${engine && html`<p>${both((w) => w.engineIs)}<b>${engine.name}</b> <span lang="en">(${engine.reason})</span></p>`}
${names.length === 0 && html`<p class="empty">${both((w) => w.noLosses)}</p>`}
<div class="curves">
${names.map((name) => lossFigure(summary, name))}
${validationCurves(summary)}
${metricCurves(summary)}
${rateFigure(steps)}
${timeFigure(steps)}
</div>
${validationTables(summary)}`;
}
