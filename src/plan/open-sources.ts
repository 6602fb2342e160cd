import { type OpenStep, type Step, visitBytes } from './steps.js';
import type { Sample, Visit } from './types.js';

/** A source from which samples are still to be taken. */
interface Entry {
  readonly visit: Visit;
  readonly bytes: number;
  /** Samples that are still to be announced, and those that were announced and may still be taken. */
  coming: number;
  waiting: number;
  /** Its opening, when it is open; how many samples were taken from it is not yet known. */
  open?: Opening;
}

interface Opening {
  readonly key: symbol;
  readonly visit: Visit;
  samples: number;
  settled: boolean;
  lastUse: number;
}

/**
 * Opens sources for samples that are taken in another order than was planned, within `memory` bytes. A source
 * is opened when its first sample is taken and stays open while there is room; those from which least is to
 * come are closed first, and opened again if need be. Steps come out once it is known when they close.
 */
export class OpenSources {
  readonly #entries = new Map<Visit, Entry>();
  readonly #queue: (Opening | { readonly key: symbol; readonly sample: Sample })[] = [];
  #held = 0;
  #clock = 0;

  constructor(readonly memory: number) {}

  /** A source of which `samples` are going to be announced. */
  expect({ visit, samples }: OpenStep): void {
    const entry = this.#entries.get(visit) ?? { visit, bytes: visitBytes(visit), coming: 0, waiting: 0 };
    this.#entries.set(visit, entry);
    entry.coming += samples;
    // A new round of the same source is a new opening; else one that always fits would never be known to close.
    this.#close(entry);
  }

  /** A sample of a source is going to be taken so many times. */
  announce(visit: Visit, times: number): void {
    const entry = this.#entries.get(visit) as Entry;
    entry.coming--;
    entry.waiting += times;
  }

  /** A sample that was announced is taken now, or passed over. */
  take(visit: Visit, sample: Sample | undefined): void {
    const entry = this.#entries.get(visit) as Entry;
    entry.waiting--;
    if (sample) {
      const open = entry.open ?? this.#open(entry);
      open.samples++;
      open.lastUse = this.#clock++;
      this.#queue.push({ key: open.key, sample });
    }
    if (entry.coming > 0 || entry.waiting > 0) return;
    this.#close(entry);
    this.#entries.delete(visit);
  }

  /** The steps that are settled by now. */
  *settled(): Generator<Step> {
    let done = 0;
    for (const item of this.#queue) {
      if ('sample' in item) yield { kind: 'sample', ...item };
      else if (item.settled) {
        const { key, visit, samples } = item;
        yield { kind: 'open', key, visit, samples };
      } else break;
      done++;
    }
    this.#queue.splice(0, done);
  }

  /** Nothing more will be taken. */
  *end(): Generator<Step> {
    for (const entry of this.#entries.values()) this.#close(entry);
    yield* this.settled();
  }

  #open(entry: Entry): Opening {
    while (this.#held > 0 && this.#held + entry.bytes > this.memory) this.#close(this.#leastNeeded());
    const { visit } = entry;
    const open = { key: Symbol(visit.source.id), visit, samples: 0, settled: false, lastUse: 0 };
    entry.open = open;
    this.#held += entry.bytes;
    this.#queue.push(open);
    return open;
  }

  #close(entry: Entry): void {
    if (!entry.open) return;
    entry.open.settled = true;
    entry.open = undefined;
    this.#held -= entry.bytes;
  }

  /** One of which no more is announced, with the fewest samples that wait; else the one that has rested longest. */
  #leastNeeded(): Entry {
    const open = [...this.#entries.values()].filter((entry) => entry.open);
    const rank = ({ coming, waiting, open }: Entry): readonly number[] =>
      coming > 0 ? [1, open?.lastUse ?? 0] : [0, waiting];
    return open.reduce((least, entry) => {
      const [[a, b], [c, d]] = [rank(entry), rank(least)];
      return a < c || (a === c && b < d) ? entry : least;
    });
  }
}
