import type { Lease } from '../flow/index.js';

interface Seat {
  held: number;
  wake?: () => void;
}

/** The room of one reader. */
export interface Room {
  /** Waits for the place of one pair; rejects with the signal's reason when it aborts first. */
  acquire(signal: AbortSignal): Promise<Lease>;
  /** Pairs that it holds. */
  readonly held: number;
  leave(): void;
}

/**
 * The places of the pairs that are being made or wait for their readers. With n readers, each may hold an (n + 1)th
 * part, so that the next one finds room at once; two at least. A reader that stops reading keeps no other waiting.
 */
export class Rooms {
  readonly #seats = new Set<Seat>();

  constructor(readonly places: number) {}

  get held(): number {
    let held = 0;
    for (const seat of this.#seats) held += seat.held;
    return held;
  }

  enter(): Room {
    const seat: Seat = { held: 0 };
    this.#seats.add(seat);
    const acquire = async (signal: AbortSignal): Promise<Lease> => {
      while (seat.held >= this.#each) await woken(seat, signal);
      signal.throwIfAborted();
      seat.held++;
      return this.#lease(seat);
    };
    const leave = (): void => {
      this.#seats.delete(seat);
      for (const other of this.#seats) other.wake?.();
    };
    return {
      acquire,
      leave,
      get held() {
        return seat.held;
      },
    };
  }

  get #each(): number {
    return Math.max(2, Math.floor(this.places / (this.#seats.size + 1)));
  }

  #lease(seat: Seat): Lease {
    let open = true;
    return {
      amount: 1,
      release: () => {
        if (!open) return;
        open = false;
        seat.held--;
        seat.wake?.();
      },
    };
  }
}

function woken(seat: Seat, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => (): void => {
      seat.wake = undefined;
      signal.removeEventListener('abort', gone);
      how();
    };
    const gone = settle(() => reject(signal.reason));
    if (signal.aborted) return gone();
    signal.addEventListener('abort', gone, { once: true });
    seat.wake = settle(resolve);
  });
}
