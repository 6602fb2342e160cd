import { Requests } from '../training/requests.js';

/** What may be asked of a run while it goes on. */
export interface RunControls {
  /** Holds the run: a training before its next step, another run before its next result. Says so by an event `state`. */
  pause(): void;
  resume(): void;
  /** Writes a checkpoint after the step under way; a run that does not train has none. */
  save(): void;
  /** Validates after the step under way. */
  validate(): void;
  /** As aborting the run's signal: what is due is written, a checkpoint too, and the run ends. */
  stop(): void;
}

export type Ask = keyof RunControls;

export const asks: readonly Ask[] = ['pause', 'resume', 'save', 'validate', 'stop'];

/** The inner side of the controls of a run. */
export class Steering implements RunControls {
  readonly requests = new Requests();
  readonly #stop = new AbortController();
  /** Told when the run is to hold or to go on. */
  onHold: (paused: boolean) => void = () => {};

  /** Aborted by `stop`, or by the signal that the run was given. */
  readonly signal: AbortSignal;

  constructor(given?: AbortSignal) {
    this.signal = given ? AbortSignal.any([given, this.#stop.signal]) : this.#stop.signal;
  }

  pause(): void {
    this.requests.pause();
    this.onHold(true);
  }

  resume(): void {
    this.requests.resume();
    this.onHold(false);
  }

  save(): void {
    this.requests.save();
  }

  validate(): void {
    this.requests.validate();
  }

  stop(): void {
    this.#stop.abort(new Error('stopped'));
  }
}
