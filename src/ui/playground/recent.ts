/** The latest used things by their keys. */
export class Recent<Value> {
  readonly #kept = new Map<string, Value>();

  constructor(readonly most: number) {}

  get(key: string, make: () => Value): Value {
    const value = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (value instanceof Promise) value.catch(() => this.#kept.delete(key));
    for (const oldest of this.#kept.keys()) if (this.#kept.size > this.most) this.#kept.delete(oldest);
    return value;
  }
}
