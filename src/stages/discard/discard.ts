import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorFunction } from 'rxjs';
import { type Meter, orderedMap } from '../../flow/index.js';
import type { DiscardOptions } from './options.js';

/** Uses nothing and gives back everything: `release` is called on each item, after `sleep_ms` milliseconds. */
export function discard<T>(
  options: DiscardOptions,
  release: (item: T) => void,
  meter?: Meter,
): OperatorFunction<T, T> {
  return orderedMap(
    async (item) => {
      if (options.sleep_ms > 0) await sleep(options.sleep_ms);
      release(item);
      return item;
    },
    1,
    meter,
  );
}
