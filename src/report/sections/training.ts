import type { RunSummary } from '../../events.js';
import { envelope, type Point, smooth, spread } from '../curve.js';
import { count, figure, plural } from '../format.js';
import { type Html, html } from '../html.js';
import { isFinitePoint, lossNames, lossPoints, trendOf } from '../losses.js';
import { drawPlot, type Series } from '../plot.js';
import type { ReportInput } from '../types.js';
import { validationPart } from './validation.js';

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
  const what = lost.length === 1 ? 'step has' : 'steps have';
  return html` <strong class="failed">${count(lost.length)} recorded ${what} a loss that is not a finite number (the first at iteration ${count(lost[0][0])}); they are not shown.</strong>`;
}

function seriesOf(points: readonly Point[], smoothed: readonly Point[]): Series[] {
  if (points.length < fewestToSmooth) return [{ label: 'every recorded step', style: 'marked', points }];
  return [
    points.length > mostDots
      ? { label: 'lowest to highest', style: 'band', points: envelope(points, bandParts) }
      : { label: 'every recorded step', style: 'dots', points },
    {
      label: 'smoothed',
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
    return html`<p><code>${name}</code>: ${trend.end} at iteration ${count(points[0][0])}, the only recorded step.${lostSteps(all)}</p>`;
  const log = isWide(points);
  const smoothed = points.length < fewestToSmooth ? points : smooth(points, log);
  const steps = trend.over === 1 ? 'step' : `${trend.over} steps`;
  const description = `${name}: ${trend.start} over the first ${steps}, ${trend.end} over the last ${steps}, ${plural(points.length, 'recorded step')}.`;
  const plot = drawPlot({
    description,
    xLabel: 'iteration',
    yLabel: name,
    log,
    series: seriesOf(points, smoothed),
    readouts: spread(points.length, mostReadouts).map((i) => ({
      at: smoothed[i],
      text: `iteration ${count(points[i][0])}\n${name} ${figure(points[i][1])}${smoothed === points ? '' : `\nsmoothed ${figure(smoothed[i][1])}`}`,
    })),
  });
  return html`<figure><h3>Loss <code>${name}</code></h3>${plot}<figcaption>${description}${lostSteps(all)}</figcaption></figure>`;
}

/** Loss curves, then PSNR; says so when a training run recorded nothing. */
export function trainingSection({ summary, engine }: ReportInput): Html {
  const names = lossNames(summary);
  return html`${engine && html`<p>Engine: <b>${engine.name}</b> (${engine.reason}).</p>`}
${names.length === 0 && html`<p class="empty">No losses were recorded.</p>`}
${names.map((name) => lossFigure(summary, name))}
${validationPart(summary)}`;
}
