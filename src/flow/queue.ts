import type { Observable } from 'rxjs';

/** A queue between a pushing and a pulling side. Its bound is kept by the pushing side: see `room`. */
export class Queue<T> {
  #items: T[] = [];
  #ended = false;
  #error: unknown;
  #wakeReader?: () => void;
  #wakeWriter?: () => void;

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#wakeReader?.();
  }

  end(error?: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  /** Takes out whatever nobody has read. */
  drain(): T[] {
    return this.#items.splice(0);
  }

  /** Waits until fewer than `limit` items lie in the queue. */
  async room(limit: number): Promise<void> {
    while (this.#items.length >= limit && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#items.length > 0) {
        const item = this.#items.shift() as T;
        this.#wakeWriter?.();
        yield item;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }
}

/** Pulls an observable. Items that nobody has pulled yet wait in the queue: the source must be held back by a gate. */
export function pull<T>(source: Observable<T>): { readonly queue: Queue<T>; unsubscribe(): void } {
  const queue = new Queue<T>();
  const subscription = source.subscribe({
    next: (item) => queue.push(item),
    error: (error) => queue.end(error),
    complete: () => queue.end(),
  });
  return { queue, unsubscribe: () => subscription.unsubscribe() };
}
