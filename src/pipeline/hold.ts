import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

/**
 * Keeps back what comes while it is closed. How much that can be is bounded by the leases of the items: the stream
 * before it comes to rest when their budget is used up.
 */
export class Hold<T> {
  #closed = false;
  readonly #kept: T[] = [];
  #ended = false;
  #next: (item: T) => void = () => {};
  #complete: () => void = () => {};

  close(): void {
    this.#closed = true;
  }

  open(): void {
    this.#closed = false;
    // Whoever takes an item may close it again.
    while (!this.#closed && this.#kept.length > 0) this.#next(this.#kept.shift() as T);
    if (this.#ended && this.#kept.length === 0) this.#complete();
  }

  through(): MonoTypeOperatorFunction<T> {
    return (items) =>
      new Observable<T>((out) => {
        this.#next = (item) => out.next(item);
        this.#complete = () => out.complete();
        return items.subscribe({
          next: (item) => {
            if (this.#closed || this.#kept.length > 0) this.#kept.push(item);
            else out.next(item);
          },
          error: (error) => out.error(error),
          complete: () => {
            this.#ended = true;
            if (this.#kept.length === 0) out.complete();
          },
        });
      });
  }
}
