/** What is asked of a training while it goes on; taken up between two steps. */
export class Requests {
  #paused = false;
  #save = false;
  #validate = false;
  #waiting: (() => void)[] = [];

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake();
  }

  /** Asks for a checkpoint. */
  save(): void {
    this.#save = true;
    this.#wake();
  }

  /** Asks for a validation. */
  validate(): void {
    this.#validate = true;
    this.#wake();
  }

  /** What has been asked for since the last call. */
  take(): { readonly save: boolean; readonly validate: boolean } {
    const taken = { save: this.#save, validate: this.#validate };
    this.#save = false;
    this.#validate = false;
    return taken;
  }

  /** Resolves at the next request, or when the run is stopped. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted || !this.#paused || this.#save || this.#validate) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
