import type { Writable } from 'node:stream';
import { tap } from 'rxjs';
import { type Lease, orderedMap } from '../flow/index.js';
import { endOfTar } from '../formats/tar/index.js';
import type { MissingSample } from '../stages/decode/crop.js';
import { degrade, type LeasedPair } from '../stages/degrade/degrade.js';
import { sharedCrops } from './crops.js';
import { members } from './members.js';
import type { ReaderMeters } from './meters.js';
import type { Reading } from './request.js';
import type { Service } from './service.js';

interface Packed {
  readonly pieces: readonly Uint8Array[];
  readonly lease: Lease;
  recycle(): void;
}

/**
 * Sends one reader its part of the plan. A pair gives its room back when its bytes have left for the reader: that is all
 * that holds this reader's stream back. Resolves when everything has been handed to `out`; a pair that cannot be made
 * has been reported and is left out.
 *
 * @throws what `degrade` throws; the signal's reason when it aborts first
 */
export async function feed(
  service: Service,
  { epoch, epochs, from, part, encode }: Reading,
  out: Writable,
  meters: ReaderMeters,
  signal: AbortSignal,
): Promise<void> {
  const { account, workers, arena, samples, sources, threads } = service;
  const begin = epoch * samples;
  const walk = { steps: service.plan(epoch), part, from: begin + from, end: begin + epochs * samples };
  const room = service.rooms.enter();

  const packed = async (item: LeasedPair | MissingSample): Promise<Packed | undefined> => {
    const { lease } = item;
    if ('missing' in item) {
      lease.release();
      return undefined;
    }
    const { position } = item.sample;
    const place = { epoch: Math.floor(position / samples), position: position % samples };
    return { pieces: await members(item, place, encode), lease, recycle: item.recycle };
  };
  const send = (item: Packed | undefined): void => {
    if (!item) return;
    meters.send.in++;
    const { pieces, lease, recycle } = item;
    const filled = pieces.filter(({ length }) => length > 0);
    const bytes = filled.reduce((sum, { length }) => sum + length, 0);
    out.cork();
    for (const [i, piece] of filled.entries()) {
      if (i < filled.length - 1) out.write(piece);
      else
        out.write(piece, (error) => {
          if (!error) {
            meters.sent(bytes);
            recycle();
          }
          lease.release();
        });
    }
    out.uncork();
  };

  const pairs = sharedCrops(walk, sources, room, signal).pipe(
    tap((crop) => account.delivered(crop)),
    degrade({ ...service.degrade, workers, arena, meter: meters.degrade }, account),
    orderedMap(packed, threads, meters.encode),
  );
  try {
    await new Promise<void>((resolve, reject) => {
      const subscription = pairs.subscribe({ next: send, error: reject, complete: resolve });
      const stop = (): void => {
        subscription.unsubscribe();
        reject(signal.reason);
      };
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
    });
  } finally {
    room.leave();
  }
  out.end(endOfTar);
}
