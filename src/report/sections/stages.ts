import type { RunSummary, StageStats } from '../../events.js';
import { mean } from '../curve.js';
import { count, duration, milliseconds, percent, perSecond, size } from '../format.js';
import { type Html, html, visible } from '../html.js';
import { both, scrolling } from '../say.js';
import type { Moment, ReportInput } from '../types.js';
import type { Words } from '../words.js';
import { memoryFigure, paceFigure } from './moments.js';

/** Milliseconds the stage needed with all its places at work: what it costs the run. */
export const occupiedMs = ({ busyMs, concurrency }: StageStats): number => busyMs / Math.max(1, concurrency);

export const slowestOf = (stages: readonly StageStats[]): StageStats | undefined =>
  stages.reduce<StageStats | undefined>(
    (slowest, stage) => (slowest && occupiedMs(slowest) >= occupiedMs(stage) ? slowest : stage),
    undefined,
  );

function pace(w: Words, slowest: StageStats, { stages, elapsedMs, peakRss }: RunSummary): Html {
  const share = occupiedMs(slowest) / Math.max(1, elapsedMs);
  const trains = stages.some(({ stage }) => stage === 'train');
  const end =
    share < 0.5
      ? w.nobodyBusy
      : slowest.stage === 'train'
        ? w.keptUp
        : trains
          ? w.setsPaceNotTraining
          : w.setsPace;
  return html`${w.slowestIs(html`<b>${visible(slowest.stage)}</b>`, percent(share))}${end}${peakRss > 0 && w.processTook(size(peakRss))}`;
}

function bars(stages: readonly StageStats[], slowest: StageStats, elapsedMs: number): Html {
  const full = Math.max(elapsedMs, occupiedMs(slowest));
  const bar = (stage: StageStats): Html => {
    const width = ((occupiedMs(stage) / full) * 100).toFixed(2);
    return html`<li${stage === slowest && html` class="slowest"`}><span>${visible(stage.stage)}</span><span class="track" aria-hidden="true"><i style="width:${width}%"></i></span><span class="n">${percent(occupiedMs(stage) / elapsedMs)}</span></li>`;
  };
  return html`<figure><h3>${both((w) => w.whereTime)}</h3><ul class="bars">${stages.map(bar)}</ul><figcaption>${both((w) => w.barsAbout)}</figcaption></figure>`;
}

function held({ bytes, budget }: StageStats): Html | string {
  if (bytes === undefined && budget === undefined) return '–';
  return budget === undefined ? size(bytes ?? 0) : both((w) => w.heldOf(size(bytes ?? 0), size(budget)));
}

/** Items that waited in a stage, on average over the run; at its end none waits any more. */
function waitingIn({ stage, waiting }: StageStats, moments: readonly Moment[]): string {
  if (moments.length === 0) return count(waiting);
  const average = mean(moments.map((moment) => moment.waiting[stage] ?? 0));
  return average === 0 || average >= 10 ? count(average) : average.toFixed(1);
}

function row(stage: StageStats, isSlowest: boolean, elapsedMs: number, moments: readonly Moment[]): Html {
  const items = stage.in || stage.out;
  const each = items > 0 ? milliseconds(stage.busyMs / items) : '–';
  const every = items > 0 ? milliseconds(occupiedMs(stage) / items) : '–';
  const rate = stage.out > 0 ? perSecond((stage.out / elapsedMs) * 1000) : '–';
  const note = isSlowest && html` <small>${both((w) => w.slowest)}</small>`;
  return html`<tr${isSlowest && html` class="slowest"`}><th scope="row">${visible(stage.stage)}${note}</th><td class="n">${count(stage.in)}</td><td class="n">${count(stage.out)}</td><td class="n">${rate}</td><td class="n">${waitingIn(stage, moments)}</td><td class="n">${each}</td><td class="n">× ${count(stage.concurrency)}</td><td class="n">${every}</td><td class="n">${duration(stage.busyMs)}</td><td class="n">${held(stage)}</td></tr>`;
}

const figures: readonly ((w: Words) => string)[] = [
  (w) => w.inColumn,
  (w) => w.outColumn,
  (w) => w.rateColumn,
  (w) => w.waitingColumn,
  (w) => w.perItem,
  (w) => w.atOnce,
  (w) => w.every,
  (w) => w.workTotal,
  (w) => w.heldColumn,
];

/** Which stage sets the pace, as a picture and in figures, and what each holds against its budget. */
export function stageSection({ summary, moments = [] }: ReportInput): Html {
  const { stages } = summary;
  const slowest = slowestOf(stages);
  if (!slowest) return html`<p class="empty">${both((w) => w.noStages)}</p>`;
  const elapsedMs = Math.max(1, summary.elapsedMs);
  const table = html`<table class="stages"><caption><span>${both((w) => w.stageTableAbout)}</span></caption><thead><tr><th scope="col">${both((w) => w.stageColumn)}</th>${figures.map((title) => html`<th scope="col" class="n">${both(title)}</th>`)}</tr></thead><tbody>${stages.map((stage) => row(stage, stage === slowest, elapsedMs, moments))}</tbody></table>`;
  return html`<p>${both((w) => pace(w, slowest, summary))}</p>
${bars(stages, slowest, elapsedMs)}
${scrolling((w) => w.stageTable, table)}
<div class="curves">
${paceFigure(moments)}
${memoryFigure(moments, summary.peakRss)}
</div>`;
}
