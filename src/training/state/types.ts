import type { RunSummary } from '../../events.js';
import type { Step } from '../recorder.js';
import type { OptimizerState } from './optimizer.js';

export type Losses = NonNullable<RunSummary['losses']>;
export type Validations = NonNullable<RunSummary['validation']>;

/** The best value of a metric so far, and where it was reached. */
export interface Best {
  readonly iter: number;
  readonly value: number;
}

/** Where a run stands, but for its tensors: all plain JSON. */
export interface Progress {
  /** Steps done. */
  readonly iter: number;
  readonly epoch: number;
  /** Stream cursor: the batch to go on with; how many pairs a batch held. */
  readonly batches: number;
  readonly batchSize: number;
  readonly engine: string;
  /** Records so far, and the steps since the last one. */
  readonly losses: Losses;
  readonly pending: readonly Step[];
  readonly validation: Validations;
  readonly best: Readonly<Record<string, Best>>;
}

/** `<iter>.state`: with the weights of the same iteration in models/, all that a run needs to go on. */
export interface TrainingState {
  readonly file: string;
  readonly progress: Progress;
  /** The options and the pipeline that the run was started with; absent in a state of BasicSR. */
  readonly recipe?: unknown;
  readonly optimizers: { readonly g: OptimizerState; readonly d?: OptimizerState };
}
