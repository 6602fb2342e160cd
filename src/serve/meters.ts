import type { StageStats } from '../events.js';
import { Meter } from '../flow/index.js';

/** Seconds over which pairs a second are counted. */
const SPAN = 10;

/** What one reader's stages count. */
export class ReaderMeters {
  readonly degrade = new Meter('degrade');
  readonly encode = new Meter('encode');
  readonly send = new Meter('send');
  bytes = 0;

  constructor(readonly onSent: () => void) {}

  sent(bytes: number): void {
    this.send.out++;
    this.bytes += bytes;
    this.onSent();
  }

  get all(): readonly Meter[] {
    return [this.degrade, this.encode, this.send];
  }
}

/** The counts of all readers, those that have gone included. */
export class Meters {
  readonly #present = new Set<ReaderMeters>();
  readonly #gone = new ReaderMeters(() => {});
  readonly #started = performance.now();
  /** Pairs sent in each of the last seconds, by second. */
  readonly #recent = new Map<number, number>();

  get readers(): number {
    return this.#present.size;
  }

  enter(): ReaderMeters {
    const meters = new ReaderMeters(() => this.#count());
    this.#present.add(meters);
    return meters;
  }

  /** What it had under way comes to nothing, and waits no more. */
  leave(meters: ReaderMeters): void {
    this.#present.delete(meters);
    for (const [i, meter] of this.#gone.all.entries()) {
      meter.in += meters.all[i].out;
      meter.out += meters.all[i].out;
      meter.busyMs += meters.all[i].busyMs;
    }
    this.#gone.bytes += meters.bytes;
  }

  get bytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  get pairs(): number {
    return this.#sum(({ send }) => send.out);
  }

  /** Over the last ten seconds. */
  get pairsPerSecond(): number {
    const now = this.#second;
    let pairs = 0;
    for (const [second, count] of this.#recent) if (second < now && second >= now - SPAN) pairs += count;
    return pairs / Math.max(1, Math.min(SPAN, now));
  }

  stages(): StageStats[] {
    return this.#gone.all.map(({ stage }, i) => {
      const of = (value: (meter: Meter) => number) => this.#sum(({ all }) => value(all[i]));
      const [into, out] = [of((meter) => meter.in), of((meter) => meter.out)];
      const busyMs = of((meter) => meter.busyMs);
      return { stage, in: into, out, waiting: into - out, busyMs, concurrency: 1 };
    });
  }

  #sum(value: (meters: ReaderMeters) => number): number {
    let sum = value(this.#gone);
    for (const meters of this.#present) sum += value(meters);
    return sum;
  }

  get #second(): number {
    return Math.floor((performance.now() - this.#started) / 1000);
  }

  #count(): void {
    const now = this.#second;
    this.#recent.set(now, (this.#recent.get(now) ?? 0) + 1);
    for (const second of this.#recent.keys()) if (second < now - SPAN) this.#recent.delete(second);
  }
}
