import { useEffect, useState } from 'preact/hooks';

/** A value that parts of a page watch. */
export class Store<T> {
  readonly #watchers = new Set<() => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(next: T): void {
    if (Object.is(next, this.current)) return;
    this.current = next;
    for (const watcher of [...this.#watchers]) watcher();
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

/** The value of a store, or a part of it; the component is drawn again when that changes. */
export function useStore<T, P = T>(store: Store<T>, pick?: (value: T) => P): P {
  const read = (): P => (pick ? pick(store.value) : (store.value as unknown as P));
  const [, redraw] = useState({});
  const now = read();
  useEffect(() => {
    let seen = now;
    const check = (): void => {
      const next = read();
      if (Object.is(next, seen)) return;
      seen = next;
      redraw({});
    };
    check();
    return store.watch(check);
  });
  return now;
}
