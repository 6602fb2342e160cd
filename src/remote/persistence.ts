import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { Failure } from './failure.js';

/** Milliseconds before the second attempt; each further one waits twice as long, up to the longest. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;

/** After so many objects in a row that could not be had in spite of all attempts, a server is asked once each. */
const PATIENCE_ENDS = 8;

/** Tries again what may succeed later, less and less often. */
export class Persistence {
  /** By server: objects in a row that failed. */
  readonly #failed = new Map<string, number>();

  constructor(readonly retries: number) {}

  /**
   * @param what is tried: the waits of different objects differ, so that they do not all come back at once
   * @throws what the last attempt threw; the reason of a Failure says how many there were
   */
  async run<T>(host: string, what: string, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    const hopeless = (this.#failed.get(host) ?? 0) >= PATIENCE_ENDS;
    const attempts = hopeless ? 1 : 1 + this.retries;
    for (let tried = 1; ; tried++) {
      signal.throwIfAborted();
      try {
        const got = await attempt();
        this.#failed.delete(host);
        return got;
      } catch (error) {
        if (!(error instanceof Failure) || !error.again) throw error;
        if (tried === attempts) {
          this.#failed.set(host, (this.#failed.get(host) ?? 0) + 1);
          throw tried === 1 ? error : new Failure(`${error.message}; tried ${tried} times`);
        }
        await setTimeout(waitBefore(tried, what, error.after), undefined, { signal });
      }
    }
  }
}

function waitBefore(attempt: number, what: string, asked = 0): number {
  const spread = 0.75 + (crc32(`${attempt} ${what}`) % 1000) / 2000;
  const own = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * spread;
  return Math.max(own, Math.min(asked, 3 * LONGEST_WAIT));
}
