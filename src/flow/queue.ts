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

  /** The next item if there is one. */
  take(): T | undefined {
    const item = this.#items.shift();
    this.#wakeWriter?.();
    return item;
  }

  /** Waits for an item; false when none will come any more. Throws what the queue was ended with. */
  async more(): Promise<boolean> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
    if (this.#items.length > 0) return true;
    if (this.#error !== undefined) throw this.#error;
    return false;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (await this.more()) yield this.take() as T;
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
