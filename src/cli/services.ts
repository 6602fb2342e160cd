import type { Observable } from 'rxjs';
import type { Pipeline } from '../config/pipeline-file.js';
import type { RunEvent, RunSummary } from '../events.js';
import type { RunControls, SampledPair } from '../pipeline/index.js';
import type { RunPart } from '../pipeline/unit-job.js';
import type { FullPlan } from './display/plan.js';

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly startBatch?: number;
  /** The command line that repeats the run, for the report. */
  readonly command?: string;
  /** Write only this part of the run. */
  readonly part?: RunPart;
  /** Milliseconds between two training pairs to look at; without it there are none. */
  readonly pairsEveryMs?: number;
}

export interface Run {
  readonly events: Observable<RunEvent>;
  readonly done: Promise<RunSummary>;
  readonly controls: RunControls;
  readonly pairs: Observable<SampledPair>;
}

/** What the command line needs from the pipeline; tests give their own. */
export interface PipelineRunner {
  runPipeline(pipeline: Pipeline, options: RunOptions): Run;
  planPipeline(pipeline: Pipeline): Promise<FullPlan>;
}

/** Loaded only when something runs: it brings sharp and the engines along. */
export type LoadRunner = () => Promise<PipelineRunner>;

export const loadRunner: LoadRunner = async () => {
  const { runInThread } = await import('./run-in-thread.js');
  return {
    runPipeline: runInThread,
    planPipeline: async (pipeline) => (await import('../pipeline/index.js')).planPipeline(pipeline),
  };
};
