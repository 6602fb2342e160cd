import type { FileOutcome, PlanSummary, RunEvent, StageStats, ValidationResult } from '../../events.js';

/** Shared by the server and the page: plain JSON, nothing of Node and nothing of a browser. */

/** `away`: of a run in another process, whose folder tells no more. */
export type Phase = 'starting' | 'running' | 'paused' | 'stopping' | 'ended' | 'stopped' | 'failed' | 'away';

export interface StageView extends StageStats {
  /** Items a second, smoothed. */
  readonly rate: number;
  /** Share of its capacity in use, 0..1, smoothed. */
  readonly load: number;
}

/** Records of training as columns of one length; halved by averaging neighbours when they grow long. */
export interface Series {
  readonly iter: readonly number[];
  readonly lr: readonly number[];
  readonly time: readonly number[];
  readonly timeData: readonly number[];
  readonly losses: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The last minutes of the stream, for small curves; one entry a report of the stages. */
export interface History {
  readonly pairs: readonly number[];
  readonly rss: readonly number[];
}

export interface PairView {
  readonly id: number;
  readonly batch: number;
  readonly gt: { readonly width: number; readonly height: number };
  readonly lq: { readonly width: number; readonly height: number };
  readonly record: {
    readonly id: string;
    readonly epoch: number;
    readonly seed: string;
    readonly augment: {
      readonly hflip: boolean;
      readonly vflip: boolean;
      readonly rot90: boolean;
      readonly x: number;
      readonly y: number;
      readonly size: number;
    };
    readonly degradations: readonly {
      readonly name: string;
      readonly params: unknown;
      readonly on?: 'gt' | 'both';
    }[];
  };
}

/** Pictures of a held-back photograph that can be laid over one another: lq, bicubic, gt, and one a validation. */
export interface PhotographView {
  readonly name: string;
  /** Pixels of gt, bicubic and the network's; lq is smaller. */
  readonly width: number;
  readonly height: number;
  readonly iters: readonly number[];
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** Everything the page shows of one run. */
export interface LiveState {
  /** Of this serving of the run: pictures under the same address may be others in the next. */
  readonly id: string;
  readonly name: string;
  readonly command?: string;
  /** Whether it may be paused, stopped and so on: only by the process that runs it. */
  readonly steered: boolean;
  readonly trains: boolean;
  readonly phase: Phase;
  readonly plan?: PlanSummary;
  readonly engine?: { readonly name: string; readonly reason: string };
  readonly stages: readonly StageView[];
  readonly history: History;
  readonly rss: number;
  readonly elapsedMs: number;
  readonly series: Series;
  readonly last?: Extract<RunEvent, { type: 'iter' }>;
  readonly validation: readonly { readonly iter: number; readonly results: readonly ValidationResult[] }[];
  readonly photographs: readonly PhotographView[];
  readonly pairs: readonly PairView[];
  readonly unused: readonly FileOutcome[];
  /** Files that were skipped or have failed; `unused` lists the first of them. */
  readonly unusedCount: number;
  readonly log: readonly LogLine[];
  readonly checkpoint?: { readonly path: string; readonly at: number };
  readonly options?: string;
}

/** What changes the state. */
export type LiveMessage =
  | { readonly type: 'run'; readonly at: number; readonly event: RunEvent }
  | { readonly type: 'pair'; readonly pair: PairView }
  /** More is known of a validation than was told before. */
  | { readonly type: 'measured'; readonly iter: number; readonly results: readonly ValidationResult[] }
  | { readonly type: 'photographs'; readonly photographs: readonly PhotographView[] }
  | {
      readonly type: 'phase';
      readonly at: number;
      readonly phase: Phase;
      readonly text?: string;
    };

/** What the comparing page knows of an experiment. */
export interface ComparedRun {
  readonly name: string;
  readonly phase: Phase;
  readonly iter: number;
  readonly totalIter: number;
  readonly series: Series;
  /** Means over the photographs, metric by metric, one entry a validation. */
  readonly validation: readonly {
    readonly iter: number;
    readonly values: Readonly<Record<string, number>>;
  }[];
}

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** Options in which the runs differ; `values` in the order of `runs`. */
  readonly options: readonly { readonly option: string; readonly values: readonly (string | null)[] }[];
}
