import type { Cursor } from './cursor.js';
import { type PickleValue, PythonGlobal } from './values.js';

/** Where in a pickle something happened. */
export interface PicklePlace {
  readonly opcode: string;
  /** Offset within the pickle. */
  readonly byte: number;
}

/** What a pickle may refer to; anything that these refuse must throw. */
export interface PickleWorld {
  /** Called for each global as soon as it is named. */
  allow(global: PythonGlobal, place: PicklePlace): void;
  /** Calls an allowed global. */
  call(global: PythonGlobal, args: readonly PickleValue[], place: PicklePlace): PickleValue;
  persistent(id: PickleValue, place: PicklePlace): PickleValue;
  /** The pickle cannot be read. */
  fail(problem: string, place: PicklePlace): never;
}

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/** The stack and the memo on which opcodes work. */
export class Machine {
  place: PicklePlace = { opcode: 'PROTO', byte: 0 };
  #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(
    readonly cursor: Cursor,
    readonly world: PickleWorld,
  ) {}

  fail(problem: string): never {
    return this.world.fail(problem, this.place);
  }

  pop(): PickleValue {
    const top = this.#stack.pop();
    return top === undefined || top === MARK ? this.fail('its stack is empty') : top;
  }

  popMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) this.fail('there is no mark on its stack');
    const items = this.#stack.splice(at + 1) as PickleValue[];
    this.#stack.pop();
    return items;
  }

  top(): PickleValue {
    const top = this.#stack.at(-1);
    return top === undefined || top === MARK ? this.fail('its stack is empty') : top;
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    this.#stack.push(value === undefined ? this.fail(`it recalls what it never stored (${key})`) : value);
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.fail('it appends to something that is no list');
    else for (const item of items) list.push(item);
  }

  addToSet(items: readonly PickleValue[]): void {
    const set = this.top();
    if (!(set instanceof Set)) this.fail('it adds to something that is no set');
    else for (const item of items) set.add(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) this.fail('it sets items of something that is no dict');
    else for (const [key, value] of this.pairs(items)) dict.set(key, value);
  }

  pairs(items: readonly PickleValue[]): [PickleValue, PickleValue][] {
    if (items.length % 2 !== 0) this.fail('a key has no value');
    return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i]!, items[2 * i + 1]!]);
  }

  global(module: string, name: string): void {
    const global = new PythonGlobal(module, name);
    this.world.allow(global, this.place);
    this.#stack.push(global);
  }

  call(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof PythonGlobal) || !Array.isArray(args))
      this.fail('it calls something that is no global');
    else this.#stack.push(this.world.call(callee, args, this.place));
  }

  /** Attributes of an ordered dict (torch's `_metadata`) are of no use to us; other objects have none. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) this.fail('it sets the state of an object');
  }

  stackGlobal(): void {
    const name = this.pop();
    const module = this.pop();
    if (typeof name !== 'string' || typeof module !== 'string') this.fail('a global has no name');
    else this.global(module, name);
  }

  /** Takes off whatever is on top, also a mark. */
  drop(): void {
    this.#stack.pop();
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  /** @param key by default the next free one */
  remember(key = this.#memo.size): void {
    this.#memo.set(key, this.top());
  }
}
