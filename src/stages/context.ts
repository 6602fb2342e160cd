import type { FileOutcome } from '../events.js';

/** What a stage may say and must obey; the same object serves all stages of a run. */
export interface StageContext {
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  /** Reports what became of an input file that will not be used. */
  file(outcome: Omit<FileOutcome, 'crops'>): void;
  /** Adds a remark to an input file that is used ("alpha dropped", "T3 not upscaled" ...). */
  note(path: string, note: string): void;
  warn(message: string, file?: string): void;
}
