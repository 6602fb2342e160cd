import type { EngineName, ExecutionName } from './names.js';

/** One way to run networks: a tfjs backend and what it takes to start it. */
export interface Engine {
  readonly name: Exclude<EngineName, 'auto'>;
  /** What it can compute on, on one machine or another; `auto` is always allowed besides. */
  readonly executions: readonly Exclude<ExecutionName, 'auto'>[];
  /** Whether it can be started here, found out without loading anything heavy. */
  available(): Availability;
  /**
   * Registers and starts the tfjs backend of the same name. Throws an EsrganError that names the remedy, also
   * when it cannot compute on `execution`; never takes another one in its place.
   */
  start(execution: ExecutionName): Promise<Started>;
}

export interface Started {
  /** What it computes on. */
  readonly execution: Exclude<ExecutionName, 'auto'>;
  /** More about that in a few words, such as a version or the name of the card. */
  readonly detail?: string;
}

/** With `ok`, `reason` says what will be used; without, what is missing, and `remedy` how to get it. */
export type Availability =
  | { readonly ok: true; readonly reason: string }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };
