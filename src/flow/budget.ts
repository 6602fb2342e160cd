/** A claim on part of a budget. Whoever holds the item holds its lease and passes it on, or gives it back. */
export interface Lease {
  readonly amount: number;
  /** Gives the amount back; calling it again does nothing. */
  release(): void;
}

interface Waiting {
  readonly amount: number;
  readonly grant: () => void;
}

/**
 * Admission by size: `acquire` waits until the amount fits. First come, first served, so a large
 * item cannot be starved by small ones; an item larger than the whole budget enters alone.
 *
 * @example
 * const budget = new Budget(100);
 * const lease = await budget.acquire(60);
 * budget.held; // 60
 * lease.release();
 */
export class Budget {
  readonly capacity: number;
  #held = 0;
  #peak = 0;
  #queue: Waiting[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get held(): number {
    return this.#held;
  }

  /** The most that was ever held at once. */
  get peak(): number {
    return this.#peak;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** The lease if it can be had at once. */
  tryAcquire(amount: number): Lease | undefined {
    return this.#queue.length === 0 && this.#fits(amount) ? this.#grant(amount) : undefined;
  }

  /** Resolves with the lease; rejects with the signal's reason when it aborts first. */
  acquire(amount: number, signal?: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const entry: Waiting = {
        amount,
        grant: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(this.#grant(amount));
        },
      };
      const onAbort = (): void => {
        this.#queue = this.#queue.filter((waiting) => waiting !== entry);
        reject(signal?.reason);
        this.#drain();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(entry);
      this.#drain();
    });
  }

  #grant(amount: number): Lease {
    this.#held += amount;
    this.#peak = Math.max(this.#peak, this.#held);
    let open = true;
    return {
      amount,
      release: () => {
        if (!open) return;
        open = false;
        this.#held -= amount;
        this.#drain();
      },
    };
  }

  #fits(amount: number): boolean {
    return this.#held + amount <= this.capacity || this.#held === 0;
  }

  #drain(): void {
    while (this.#queue.length > 0 && this.#fits(this.#queue[0].amount)) this.#queue.shift()?.grant();
  }
}
