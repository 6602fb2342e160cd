import type { ValidationResult } from '../events.js';
import type { TrainOptions } from './options.js';
import type { Best } from './state/types.js';

/** Knows the best validation so far, metric by metric. */
export class BestKeeper {
  readonly #values: Map<string, Best>;
  readonly #lowerIsBetter: ReadonlySet<string>;

  constructor({ val }: Pick<TrainOptions, 'val'>, before: Readonly<Record<string, Best>> = {}) {
    this.#values = new Map(Object.entries(before));
    const metrics = Object.entries(val?.metrics ?? {});
    this.#lowerIsBetter = new Set(
      metrics.flatMap(([name, { better }]) => (better === 'lower' ? [name] : [])),
    );
  }

  get values(): Readonly<Record<string, Best>> {
    return Object.fromEntries(this.#values);
  }

  /** Takes in a validation; the metrics in which it is the best so far. */
  better(iter: number, results: readonly ValidationResult[]): string[] {
    const found = Object.entries(meansOf(results)).filter(([name, value]) => {
      const best = this.#values.get(name)?.value;
      if (!Number.isFinite(value) && best !== undefined) return false;
      return best === undefined || (this.#lowerIsBetter.has(name) ? value < best : value > best);
    });
    for (const [name, value] of found) this.#values.set(name, { iter, value });
    return found.map(([name]) => name);
  }
}

/** Mean over the photographs of `psnr` and of every metric asked for; a metric of that name goes first. */
export function meansOf(results: readonly ValidationResult[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { psnr, metrics } of results)
    for (const [name, value] of Object.entries({ psnr, ...metrics }))
      sums.set(name, (sums.get(name) ?? 0) + value);
  return Object.fromEntries([...sums].map(([name, sum]) => [name, sum / results.length]));
}
