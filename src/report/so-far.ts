import type { FileOutcome, RunEvent, RunSummary, StageStats } from '../events.js';
import type { Moment, StepRecord } from './types.js';

type Losses = NonNullable<RunSummary['losses']>[number];
type Validation = NonNullable<RunSummary['validation']>[number];

/** More moments than this are thinned out, however long a run is. */
const mostMoments = 480;

/** Adds up the events of a run that is still going on to a summary of it. */
export class SoFar {
  readonly #files: FileOutcome[] = [];
  readonly #losses: Losses[] = [];
  readonly #validation: Validation[] = [];
  readonly #steps: StepRecord[] = [];
  #moments: Moment[] = [];
  /** Every so many events of statistics one is kept. */
  #every = 1;
  #seen = 0;
  #stages: readonly StageStats[] = [];
  #peakRss = 0;
  #elapsedMs = 0;
  /** Iterations in all, once one is done. */
  totalIter?: number;

  event(event: RunEvent): void {
    switch (event.type) {
      case 'file': {
        const { type: _, ...file } = event;
        this.#files.push(file);
        break;
      }
      case 'stats':
        this.#stages = event.stages;
        this.#peakRss = Math.max(this.#peakRss, event.rss);
        this.#elapsedMs = event.elapsedMs;
        this.#remember(event);
        break;
      case 'iter': {
        const { iter, losses, lr, lrs = [lr], time, timeData } = event;
        this.#losses.push({ iter, losses });
        this.#steps.push({ iter, lrs, time, timeData });
        this.totalIter = event.totalIter;
        break;
      }
      case 'validation':
        this.#validation.push({ iter: event.iter, results: event.results });
    }
  }

  get steps(): readonly StepRecord[] {
    return [...this.#steps];
  }

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  summary(name: string): RunSummary {
    const out = (stage: string): number => this.#stages.find((stats) => stats.stage === stage)?.out ?? 0;
    return {
      name,
      stopped: false,
      elapsedMs: this.#elapsedMs,
      files: [...this.#files],
      crops: out('crop'),
      batches: out('train'),
      stages: this.#stages,
      peakRss: this.#peakRss,
      losses: [...this.#losses],
      validation: [...this.#validation],
    };
  }

  #remember({ stages, rss, elapsedMs }: Extract<RunEvent, { type: 'stats' }>): void {
    if (this.#seen++ % this.#every !== 0) return;
    const by = (pick: (stage: StageStats) => number): Record<string, number> =>
      Object.fromEntries(stages.map((stage) => [stage.stage, pick(stage)]));
    const moment = { elapsedMs, rss, out: by(({ out }) => out), waiting: by(({ waiting }) => waiting) };
    this.#moments = [...this.#moments, moment];
    if (this.#moments.length < mostMoments) return;
    this.#moments = this.#moments.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }
}
