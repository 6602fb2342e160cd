import type { Pipeline } from '../config/pipeline-file.js';
import type { FileOutcome, RunEvent, StageStats } from '../events.js';
import type { PlainError } from '../plain-error.js';
import type { Batch, BatchBuffers } from '../training/batch.js';
import type { RunPart } from './unit-job.js';

/** What the data thread is started with. */
export interface DataSetup {
  readonly pipeline: Pipeline;
  readonly startBatch: number;
  /** Whether batches are sent to the other thread instead of into the pipeline's own sink. */
  readonly deliver: boolean;
  /** Only a part of the run is to be written. */
  readonly part?: RunPart;
}

/** What the data thread says. */
export type FromData =
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'batch'; readonly batch: Batch }
  | {
      readonly type: 'end';
      readonly files: readonly FileOutcome[];
      readonly crops: number;
      readonly batches: number;
      readonly written: number;
      readonly existing: number;
      readonly stages: readonly StageStats[];
    }
  | { readonly type: 'error'; readonly error: PlainError };

/** What it is told: to stop, to hold or go on, or that a batch has been used (its buffers come back for the next one). */
export type ToData =
  | { readonly type: 'stop' | 'pause' | 'resume' }
  | { readonly type: 'done'; readonly index: number; readonly buffers?: BatchBuffers };
