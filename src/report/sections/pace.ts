import { type Point, spread } from '../curve.js';
import { count, figure, milliseconds, percent } from '../format.js';
import { type Html, html } from '../html.js';
import { drawPlot, type Series } from '../plot.js';
import { both } from '../say.js';
import type { StepRecord } from '../types.js';
import type { Words } from '../words.js';

const most = 400;

const duration = (seconds: number): string => milliseconds(seconds * 1000);

/** Learning rates over the iterations. */
export function rateFigure(steps: readonly StepRecord[]): Html | undefined {
  if (steps.length < 2) return undefined;
  const shown = spread(steps.length, most).map((i) => steps[i]);
  const rates = Math.max(...shown.map(({ lrs }) => lrs.length));
  // Both networks mostly learn at the same rate: one line says it.
  const alike = shown.every(({ lrs }) => lrs.every((lr) => lr === lrs[0]));
  const curve = (which: number): Point[] => shown.map(({ iter, lrs }): Point => [iter, lrs[which] ?? lrs[0]]);
  const series: Series[] =
    rates < 2 || alike
      ? [{ label: (w) => w.learningRate, style: 'line', points: curve(0) }]
      : [
          { label: (w) => w.generator, style: 'line', points: curve(0) },
          { label: (w) => w.discriminator, style: 'dashed', points: curve(1) },
        ];
  const story = (w: Words): string =>
    w.rateStory(rate(shown[0].lrs[0]), rate(shown[shown.length - 1].lrs[0]));
  const plot = drawPlot({
    name: (w) => w.learningRate,
    description: story,
    xLabel: (w) => w.iteration,
    yLabel: () => 'lr',
    fromZero: true,
    series,
    columns: [(w) => w.iteration, ...series.map(({ label }) => label)],
    readouts: shown.map((step, i) => ({
      at: series[0].points[i],
      values: [count(step.iter), ...series.map((_, which) => rate(step.lrs[which] ?? step.lrs[0]))],
    })),
  });
  return html`<figure><h3>${both((w) => w.learningRate)}</h3>${plot}<figcaption>${both(story)}</figcaption></figure>`;
}

const rate = (value: number): string => value.toExponential(3);

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds a step over the iterations, and how much of it was waiting. */
export function timeFigure(steps: readonly StepRecord[]): Html | undefined {
  // The first step also compiles what the others use, and would press all of them flat.
  const shown = spread(steps.length, most)
    .map((i) => steps[i])
    .slice(1);
  if (shown.length < 2) return undefined;
  const [whole, data] = [
    middle(shown.map(({ time }) => time)),
    middle(shown.map(({ timeData }) => timeData)),
  ];
  const share = middle(shown.map(({ time, timeData }) => (time > 0 ? timeData / time : 0)));
  const story = (w: Words): string => w.timeStory(duration(whole), duration(data), percent(share));
  const series: Series[] = [
    { label: (w) => w.wholeStep, style: 'line', points: shown.map(({ iter, time }) => [iter, time]) },
    {
      label: (w) => w.waitingForData,
      style: 'dashed',
      points: shown.map(({ iter, timeData }) => [iter, timeData]),
    },
  ];
  const plot = drawPlot({
    name: (w) => w.stepTime,
    description: story,
    xLabel: (w) => w.iteration,
    yLabel: (w) => w.seconds,
    fromZero: true,
    series,
    columns: [(w) => w.iteration, (w) => w.wholeStep, (w) => w.waitingForData],
    readouts: shown.map(({ iter, time, timeData }) => ({
      at: [iter, time],
      values: [count(iter), `${figure(time)} s`, `${figure(timeData)} s`],
    })),
  });
  return html`<figure><h3>${both((w) => w.stepTime)}</h3>${plot}<figcaption>${both(story)}</figcaption></figure>`;
}
