import { setTimeout as sleep } from 'node:timers/promises';
import { type OperatorFunction, tap } from 'rxjs';
import { type Meter, orderedMap } from '../../flow/index.js';
import type { DiscardOptions } from './options.js';

/** Uses nothing and gives back everything: `release` is called on each item, after `sleep_ms` milliseconds (the first
 * after `stall_ms` more). */
export function discard<T>(
  options: DiscardOptions,
  release: (item: T) => void,
  meter?: Meter,
): OperatorFunction<T, T> {
  let stall = options.stall_ms;
  if (options.sleep_ms + stall === 0) {
    return tap((item) => {
      release(item);
      if (meter) meter.in = ++meter.out;
    });
  }
  return orderedMap(
    async (item) => {
      const pause = options.sleep_ms + stall;
      stall = 0;
      if (pause > 0) await sleep(pause);
      release(item);
      return item;
    },
    1,
    meter,
  );
}
