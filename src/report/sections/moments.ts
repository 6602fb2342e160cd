import { type Point, spread } from '../curve.js';
import { count, perSecond, size } from '../format.js';
import { type Html, html } from '../html.js';
import { drawPlot } from '../plot.js';
import { both } from '../say.js';
import type { Moment } from '../types.js';
import type { Words } from '../words.js';

/** Fewer moments than this make no curve. */
const fewest = 5;
const most = 60;

const seconds = ({ elapsedMs }: Moment): number => elapsedMs / 1000;
const at = (value: number): string => (value < 10 ? value.toFixed(1) : count(value));

/** The last stage that counted anything, and how many items it handed on a second, from moment to moment. */
function pacesOf(moments: readonly Moment[]): { readonly stage: string; readonly points: readonly Point[] } {
  const last = Object.entries(moments.at(-1)?.out ?? {}).findLast(([, out]) => out > 0);
  const [stage] = last ?? [''];
  // Statistics come several times a second, in which chance decides whether a step ends.
  const kept = spread(moments.length, most + 1).map((i) => moments[i]);
  const points = kept.slice(1).flatMap((moment, i): Point[] => {
    const passed = seconds(moment) - seconds(kept[i]);
    const out = (moment.out[stage] ?? 0) - (kept[i].out[stage] ?? 0);
    return passed > 0 ? [[seconds(moment), Math.max(0, out) / passed]] : [];
  });
  return { stage, points };
}

/** How fast the run went, over its time. */
export function paceFigure(moments: readonly Moment[]): Html | undefined {
  const { stage, points } = pacesOf(moments);
  if (stage === '' || points.length < fewest) return undefined;
  const sorted = points.map(([, y]) => y).sort((a, b) => a - b);
  const [low, middle, high] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((i) =>
    perSecond(sorted[i]),
  );
  const story = (w: Words): string => w.paceStory(stage, middle, low, high);
  const plot = drawPlot({
    name: (w) => w.paceOver(stage),
    description: story,
    xLabel: (w) => w.elapsed,
    yLabel: (w) => w.perSecond,
    fromZero: true,
    series: [{ label: () => stage, style: 'line', points }],
    columns: [(w) => w.atSecond, (w) => w.perSecond],
    readouts: points.map((point) => ({ at: point, values: [at(point[0]), perSecond(point[1])] })),
  });
  return html`<figure><h3>${both((w) => w.paceOver(stage))}</h3>${plot}<figcaption>${both(story)}</figcaption></figure>`;
}

/** Memory of the process, over the time of the run. */
export function memoryFigure(moments: readonly Moment[], peak: number): Html | undefined {
  if (moments.length < fewest) return undefined;
  const points = moments.map((moment): Point => [seconds(moment), moment.rss / 2 ** 20]);
  const story = (w: Words): string => w.memoryStory(size(moments[moments.length - 1].rss), size(peak));
  const plot = drawPlot({
    name: (w) => w.memoryOver,
    description: story,
    xLabel: (w) => w.elapsed,
    yLabel: () => 'MiB',
    fromZero: true,
    series: [{ label: () => 'rss', style: 'line', points }],
    columns: [(w) => w.atSecond, () => 'rss'],
    readouts: moments.map((moment, i) => ({
      at: points[i],
      values: [at(seconds(moment)), size(moment.rss)],
    })),
  });
  return html`<figure><h3>${both((w) => w.memoryOver)}</h3>${plot}<figcaption>${both(story)}</figcaption></figure>`;
}
