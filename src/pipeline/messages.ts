import type { Pipeline } from '../config/pipeline-file.js';
import { type ErrorDetails, EsrganError } from '../errors.js';
import type { FileOutcome, RunEvent, StageStats } from '../events.js';
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

/** An error in a form that survives the way between threads. */
export interface PlainError extends Omit<ErrorDetails, 'cause'> {
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
}

export function toPlain(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  if (!(error instanceof EsrganError)) return { message, stack };
  const { code, place, remedy, frame } = error;
  return { message, stack, code, place, remedy, frame };
}

export function fromPlain({ code, message, stack, ...details }: PlainError): Error {
  const error = code === undefined ? new Error(message) : new EsrganError(code, message, details);
  if (stack) error.stack = stack;
  return error;
}
