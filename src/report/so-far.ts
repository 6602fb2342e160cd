import type { FileOutcome, RunEvent, RunSummary, StageStats } from '../events.js';

type Losses = NonNullable<RunSummary['losses']>[number];
type Validation = NonNullable<RunSummary['validation']>[number];

/** Adds up the events of a run that is still going on to a summary of it. */
export class SoFar {
  readonly #files: FileOutcome[] = [];
  readonly #losses: Losses[] = [];
  readonly #validation: Validation[] = [];
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
        break;
      case 'iter':
        this.#losses.push({ iter: event.iter, losses: event.losses });
        this.totalIter = event.totalIter;
        break;
      case 'validation':
        this.#validation.push({ iter: event.iter, results: event.results });
    }
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
}
