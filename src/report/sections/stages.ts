import type { RunSummary, StageStats } from '../../events.js';
import { count, duration, milliseconds, percent, size } from '../format.js';
import { type Html, html, scrolling, visible } from '../html.js';

/** Milliseconds the stage needed with all its places at work: what it costs the run. */
export const occupiedMs = ({ busyMs, concurrency }: StageStats): number => busyMs / Math.max(1, concurrency);

export const slowestOf = (stages: readonly StageStats[]): StageStats | undefined =>
  stages.reduce<StageStats | undefined>(
    (slowest, stage) => (slowest && occupiedMs(slowest) >= occupiedMs(stage) ? slowest : stage),
    undefined,
  );

function pace(slowest: StageStats, stages: readonly StageStats[], elapsedMs: number): Html {
  const share = occupiedMs(slowest) / elapsedMs;
  const name = html`<b>${visible(slowest.stage)}</b>`;
  const fact = html`The slowest stage is ${name}: busy ${percent(share)} of the run.`;
  if (share < 0.5)
    return html`${fact} No stage was busy half of the time; the rest went to starting, waiting and finishing.`;
  if (slowest.stage === 'train') return html`${fact} The stages before it kept up.`;
  const trains = stages.some(({ stage }) => stage === 'train');
  return trains ? html`${fact} It sets the pace, not the training.` : html`${fact} It sets the pace.`;
}

function bars(stages: readonly StageStats[], slowest: StageStats, elapsedMs: number): Html {
  const full = Math.max(elapsedMs, occupiedMs(slowest));
  const bar = (stage: StageStats): Html => {
    const width = ((occupiedMs(stage) / full) * 100).toFixed(2);
    return html`<li${stage === slowest && html` class="slowest"`}><span>${visible(stage.stage)}</span><span class="track" aria-hidden="true"><i style="width:${width}%"></i></span><span class="n">${percent(occupiedMs(stage) / elapsedMs)}</span></li>`;
  };
  return html`<figure><h3>Where the time goes</h3><ul class="bars">${stages.map(bar)}</ul><figcaption>Share of the run in which each stage was busy: its working time divided by how many items it may work on at once. The longest bar is the stage to make faster.</figcaption></figure>`;
}

function held({ bytes, budget }: StageStats): string {
  if (bytes === undefined && budget === undefined) return '–';
  return budget === undefined ? size(bytes ?? 0) : `${size(bytes ?? 0)} of ${size(budget)}`;
}

function row(stage: StageStats, isSlowest: boolean): Html {
  const items = stage.in || stage.out;
  const each = items > 0 ? milliseconds(stage.busyMs / items) : '–';
  const pace = items > 0 ? milliseconds(occupiedMs(stage) / items) : '–';
  return html`<tr${isSlowest && html` class="slowest"`}><th scope="row">${visible(stage.stage)}${isSlowest && html` <small>slowest</small>`}</th><td class="n">${count(stage.in)}</td><td class="n">${count(stage.out)}</td><td class="n">${count(stage.waiting)}</td><td class="n">${each}</td><td class="n">× ${count(stage.concurrency)}</td><td class="n">${pace}</td><td class="n">${duration(stage.busyMs)}</td><td class="n">${held(stage)}</td></tr>`;
}

/** Which stage sets the pace, as a picture and in figures, and what each holds against its budget. */
export function stageSection(summary: RunSummary): Html {
  const { stages } = summary;
  const slowest = slowestOf(stages);
  if (!slowest) return html`<p class="empty">No stage statistics were recorded.</p>`;
  const elapsedMs = Math.max(1, summary.elapsedMs);
  const table = html`<table class="stages"><caption><span>In the order of the stream. Held: bytes when the run ended, and the most allowed.</span></caption><thead><tr><th scope="col">Stage</th><th scope="col" class="n">In</th><th scope="col" class="n">Out</th><th scope="col" class="n">Waiting</th><th scope="col" class="n">Work per item</th><th scope="col" class="n">At once</th><th scope="col" class="n">One item every</th><th scope="col" class="n">Work in total</th><th scope="col" class="n">Held</th></tr></thead><tbody>${stages.map((stage) => row(stage, stage === slowest))}</tbody></table>`;
  return html`<p>${pace(slowest, stages, elapsedMs)} The process took ${size(summary.peakRss)} of memory at its peak.</p>
${bars(stages, slowest, elapsedMs)}
${scrolling('Stage statistics', table)}`;
}
