/** What became of one input file. The counts of all outcomes add up to the number of files found. */
export interface FileOutcome {
  readonly path: string;
  readonly outcome: 'used' | 'skipped' | 'failed';
  /** Why it was skipped or failed; absent when used. */
  readonly reason?: string;
  /** Conversions that were applied ("16-bit reduced to 8", "alpha dropped" ...). */
  readonly notes: readonly string[];
  /** Crops taken from it in one epoch. */
  readonly crops: number;
}

export interface StageStats {
  readonly stage: string;
  readonly in: number;
  readonly out: number;
  /** Items that entered and have not left. */
  readonly waiting: number;
  /** Milliseconds of work, summed over parallel items. */
  readonly busyMs: number;
  /** How many items the stage may work on at once. */
  readonly concurrency: number;
  /** Bytes the stage holds now, and the most it may hold (absent: it holds none). */
  readonly bytes?: number;
  readonly budget?: number;
}

/** What will happen, known from headers alone. */
export interface PlanSummary {
  readonly name: string;
  readonly files: number;
  readonly images: number;
  readonly skipped: number;
  /** Images and crops at each scale. */
  readonly scales: readonly { readonly tag: string; readonly images: number; readonly crops: number }[];
  readonly crops: number;
  readonly batchSize?: number;
  readonly batchesPerEpoch?: number;
  /** Bytes: the memory budgets of the stream. */
  readonly memoryBudget: number;
  /** Bytes (estimated) the pre-crop chain would have written to disk: scaled copies and sub-images. */
  readonly preCropBytes: number;
  /** Share of pairs in a batch that come from the same source, against that of a perfect shuffle. */
  readonly shuffle?: { readonly sameSource: number; readonly perfect: number };
}

export interface ValidationResult {
  readonly name: string;
  /** dB on RGB, borders cropped by scale. */
  readonly psnr: number;
  readonly psnrBicubic: number;
  /** What else was to be measured, by its name in `val.metrics`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Everything a run has to say. The library emits these; only the CLI prints. */
export type RunEvent =
  | { readonly type: 'plan'; readonly plan: PlanSummary }
  | { readonly type: 'warning'; readonly message: string; readonly file?: string }
  | ({ readonly type: 'file' } & FileOutcome)
  | {
      readonly type: 'stats';
      readonly stages: readonly StageStats[];
      readonly rss: number;
      readonly elapsedMs: number;
    }
  | { readonly type: 'engine'; readonly engine: string; readonly reason: string }
  /** The first batch (or crop) has reached the sink, so many milliseconds after the start. */
  | { readonly type: 'first'; readonly elapsedMs: number }
  | {
      readonly type: 'iter';
      readonly epoch: number;
      readonly iter: number;
      readonly totalIter: number;
      readonly lr: number;
      /** Learning rates of the generator and, in adversarial training, of the discriminator. */
      readonly lrs?: readonly number[];
      /** e.g. { l_pix: 0.0682 } */
      readonly losses: Readonly<Record<string, number>>;
      /** Seconds a step, and seconds of it spent waiting for data (averages since the last event). */
      readonly time: number;
      readonly timeData: number;
      /** Seconds to go. */
      readonly eta: number;
    }
  | { readonly type: 'validation'; readonly iter: number; readonly results: readonly ValidationResult[] }
  | {
      readonly type: 'saved';
      readonly what: 'checkpoint' | 'picture' | 'report' | 'index' | 'provenance' | 'meta_info';
      readonly path: string;
    }
  /** The run was asked to hold, and does; or it goes on. */
  | { readonly type: 'state'; readonly state: 'paused' | 'running' }
  | { readonly type: 'end'; readonly summary: RunSummary };

export interface RunSummary {
  readonly name: string;
  readonly stopped: boolean;
  readonly elapsedMs: number;
  readonly files: readonly FileOutcome[];
  readonly crops: number;
  /** Of a write sink: pictures written by this run, and pictures found whole from an earlier one. */
  readonly written?: { readonly files: number; readonly existing?: number; readonly folder: string };
  readonly batches: number;
  readonly stages: readonly StageStats[];
  /** Bytes; 0 where several processes have worked and nobody knows. */
  readonly peakRss: number;
  /** Loss per recorded step. */
  readonly losses?: readonly { readonly iter: number; readonly losses: Readonly<Record<string, number>> }[];
  readonly validation?: readonly { readonly iter: number; readonly results: readonly ValidationResult[] }[];
}
