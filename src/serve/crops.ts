import { Observable } from 'rxjs';
import { Crop, type MissingSample } from '../stages/decode/crop.js';
import { type Walk, walkAhead } from './ahead.js';
import type { Room } from './room.js';
import type { SharedSources } from './sources.js';

/**
 * The crops of one reader's part, in planned order, each as soon as the reader has room for its pair. Takes the place of
 * `decode` where many readers share the decoded photographs.
 */
export function sharedCrops(
  walk: Walk,
  sources: SharedSources,
  room: Room,
  stop: AbortSignal,
): Observable<Crop | MissingSample> {
  return new Observable((subscriber) => {
    const gone = new AbortController();
    const signal = AbortSignal.any([stop, gone.signal]);
    const handOn = async (): Promise<void> => {
      for await (const item of walkAhead(walk, sources)) {
        if (!('step' in item)) continue;
        const lease = await room.acquire(signal);
        const crop = await sources.crop(item.step, item.visit, lease);
        if (signal.aborted) {
          if (crop instanceof Crop) crop.release();
          return;
        }
        subscriber.next(crop);
      }
    };
    handOn().then(
      () => subscriber.complete(),
      (error) => subscriber.error(error),
    );
    return () => gone.abort(new Error('the reader has gone'));
  });
}
