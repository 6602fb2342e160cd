import type { RunEvent } from '../events.js';

type Losses = Readonly<Record<string, number>>;

export interface Step {
  readonly epoch: number;
  readonly iter: number;
  /** Learning rates: of the generator, then of the discriminator if there is one. */
  readonly lrs: readonly number[];
  readonly losses: Losses;
  /** Seconds of the step, and seconds of those spent waiting for its batch. */
  readonly time: number;
  readonly timeData: number;
}

interface Summed {
  readonly iter: number;
  readonly losses: Losses;
}

/**
 * Sums up training steps between two records: losses and times are means over the steps since the last
 * record, so that a single odd batch does not look like progress or its opposite.
 */
export class Recorder {
  readonly losses: Summed[];
  readonly #since: Step[];
  readonly #emit: (event: RunEvent) => void;
  readonly #totalIter: number;
  readonly #printFreq: number;

  /** @param before records, and steps since the last of them, of the run that goes on */
  constructor(
    totalIter: number,
    printFreq: number,
    emit: (event: RunEvent) => void,
    before: { readonly losses: readonly Summed[]; readonly pending: readonly Step[] } = {
      losses: [],
      pending: [],
    },
  ) {
    this.#totalIter = totalIter;
    this.#printFreq = printFreq;
    this.#emit = emit;
    this.losses = [...before.losses];
    this.#since = [...before.pending];
  }

  /** Steps since the last record. */
  get pending(): readonly Step[] {
    return [...this.#since];
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
    const names = [...new Set(steps.flatMap(({ losses }) => Object.keys(losses)))];
    const losses = Object.fromEntries(
      names.map((name) => [name, mean(steps.flatMap((s) => s.losses[name] ?? []))]),
    );
    const { epoch, iter, lrs } = last;
    const time = mean(steps.map((s) => s.time));
    const timeData = mean(steps.map((s) => s.timeData));
    const eta = time * (this.#totalIter - iter);
    const [lr = 0] = lrs;
    this.losses.push({ iter, losses });
    this.#emit({
      type: 'iter',
      epoch,
      iter,
      totalIter: this.#totalIter,
      lr,
      lrs,
      losses,
      time,
      timeData,
      eta,
    });
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
