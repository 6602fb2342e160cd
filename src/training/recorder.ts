import type { RunEvent } from '../events.js';

type Losses = Readonly<Record<string, number>>;

export interface Step {
  readonly epoch: number;
  readonly iter: number;
  readonly lr: number;
  readonly losses: Losses;
  /** Seconds of the step, and seconds of those spent waiting for its batch. */
  readonly time: number;
  readonly timeData: number;
}

/**
 * Sums up training steps between two records: losses and times are means over the steps since the last
 * record, so that a single odd batch does not look like progress or its opposite.
 */
export class Recorder {
  readonly losses: { iter: number; losses: Losses }[] = [];
  readonly #since: Step[] = [];
  readonly #emit: (event: RunEvent) => void;
  readonly #totalIter: number;
  readonly #printFreq: number;

  constructor(totalIter: number, printFreq: number, emit: (event: RunEvent) => void) {
    this.#totalIter = totalIter;
    this.#printFreq = printFreq;
    this.#emit = emit;
  }

  /** Emits a record for the first step, for every `print_freq`-th and for the last. */
  add(step: Step): void {
    this.#since.push(step);
    const { iter } = step;
    if (iter === 1 || iter % this.#printFreq === 0 || iter === this.#totalIter) this.flush();
  }

  /** Emits what has gathered since the last record, if anything. */
  flush(): void {
    const steps = this.#since.splice(0);
    const last = steps.at(-1);
    if (!last) return;
    const losses = Object.fromEntries(
      Object.keys(last.losses).map((name) => [name, mean(steps.map((s) => s.losses[name]!))]),
    );
    const { epoch, iter, lr } = last;
    const time = mean(steps.map((s) => s.time));
    const timeData = mean(steps.map((s) => s.timeData));
    const eta = time * (this.#totalIter - iter);
    this.losses.push({ iter, losses });
    this.#emit({ type: 'iter', epoch, iter, totalIter: this.#totalIter, lr, losses, time, timeData, eta });
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
