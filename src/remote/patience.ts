import { setMaxListeners } from 'node:events';
import { Failure } from './failure.js';

/** Bytes a second that a connection must carry on average, once the timeout has passed. */
const SLOWEST = 8 * 2 ** 10;

/** Ends a request when nothing comes for a while, when it drips, or when the run is stopped. */
export class Patience {
  readonly #own = new AbortController();
  readonly #stop: () => void;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  constructor(
    readonly ms: number,
    readonly outer: AbortSignal,
  ) {
    this.#stop = () => this.#own.abort(outer.reason);
    this.#timer = this.#wait();
    // All requests of a run listen to the same signal; that is no leak.
    setMaxListeners(0, outer);
    if (outer.aborted) this.#stop();
    else outer.addEventListener('abort', this.#stop, { once: true });
  }

  /** Aborted with the reason, mostly a `Failure`. */
  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** So many bytes have come. */
  came(bytes: number): void {
    this.#bytes += bytes;
    const ms = performance.now() - this.#started;
    const drips = ms > this.ms && this.#bytes < (SLOWEST * (ms - this.ms)) / 1000;
    if (drips)
      this.#own.abort(
        new Failure(`too slow: ${this.#bytes} bytes in ${Math.round(ms / 1000)} seconds`, true),
      );
    this.#timer.refresh();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.outer.removeEventListener('abort', this.#stop);
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => {
      const what = this.#bytes === 0 ? 'no answer' : `nothing more after ${this.#bytes} bytes`;
      this.#own.abort(new Failure(`${what} within ${this.ms / 1000} seconds`, true));
    }, this.ms);
  }
}
