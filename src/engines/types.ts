/** One way to run networks: a tfjs backend and what it takes to start it. */
export interface Engine {
  readonly name: string;
  /** Whether it can be started here, found out without loading anything heavy. */
  available(): Availability;
  /** Registers and starts the tfjs backend of the same name. Throws an EsrganError that names the remedy. */
  start(): Promise<void>;
}

/** With `ok`, `reason` says what will be used; without, what is missing, and `remedy` how to get it. */
export type Availability =
  | { readonly ok: true; readonly reason: string }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };
