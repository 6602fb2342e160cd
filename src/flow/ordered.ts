import { Observable, type OperatorFunction } from 'rxjs';
import type { Meter } from './meter.js';

/**
 * Like `mergeMap` with a concurrency, but results leave in the order in which the items came,
 * and a project that settles at once does not recurse. Items that wait for a free place are
 * held here: they must carry leases, which bound their number.
 *
 * @example
 * of(30, 10, 20).pipe(orderedMap(async (ms) => { await sleep(ms); return ms; }, 3)) // 30, 10, 20
 */
export function orderedMap<T, R>(
  project: (item: T) => Promise<R>,
  concurrency: number,
  meter?: Meter,
): OperatorFunction<T, R> {
  if (meter) meter.concurrency = concurrency;
  return (source) =>
    new Observable((subscriber) => {
      const waiting: T[] = [];
      const results = new Map<number, R>();
      let started = 0;
      let emitted = 0;
      let running = 0;
      let ended = false;

      const emit = (): void => {
        while (results.has(emitted)) {
          const result = results.get(emitted) as R;
          results.delete(emitted++);
          if (meter) meter.out++;
          subscriber.next(result);
        }
        if (ended && running === 0 && waiting.length === 0) subscriber.complete();
      };
      const start = (): void => {
        while (running < concurrency && waiting.length > 0) {
          const item = waiting.shift() as T;
          const place = started++;
          running++;
          const work = meter ? meter.time(() => project(item)) : project(item);
          work.then(
            (result) => {
              running--;
              results.set(place, result);
              start();
              emit();
            },
            (error) => subscriber.error(error),
          );
        }
      };
      return source.subscribe({
        next: (item) => {
          if (meter) meter.in++;
          waiting.push(item);
          start();
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          ended = true;
          emit();
        },
      });
    });
}
