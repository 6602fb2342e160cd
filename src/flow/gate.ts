/**
 * Holds back a producer that has no leases of its own: it waits at `open()` while `limit` or more of
 * its items lie in the queue behind the gate.
 */
export class Gate {
  #level = 0;
  #waiting: (() => void)[] = [];

  constructor(readonly limit: number) {}

  get level(): number {
    return this.#level;
  }

  enter(): void {
    this.#level++;
  }

  leave(): void {
    this.#level--;
    if (this.#level < this.limit) for (const wake of this.#waiting.splice(0)) wake();
  }

  open(): Promise<void> {
    if (this.#level < this.limit) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
