import { BadPickle, Cursor } from './cursor.js';
import { literals, refused } from './opcodes.js';
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

/**
 * Runs a pickle (protocols 0 to 5) as far as data goes: there is no import, no attribute access and no call
 * except of what `world` allows by name.
 * @returns the object, and the number of bytes read, as pickles may follow one another
 */
export function unpickle(bytes: Uint8Array, world: PickleWorld): { value: PickleValue; length: number } {
  const cursor = new Cursor(bytes);
  const machine = new Machine(cursor, world);
  try {
    return { value: machine.run(), length: cursor.at };
  } catch (error) {
    if (error instanceof BadPickle) return world.fail(error.message, machine.place);
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return world.fail('a text in it is not UTF-8', machine.place);
    throw error;
  }
}

class Machine {
  place: PicklePlace = { opcode: 'PROTO', byte: 0 };
  #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(
    readonly cursor: Cursor,
    readonly world: PickleWorld,
  ) {}

  run(): PickleValue {
    for (;;) {
      const byte = this.cursor.at;
      const code = this.cursor.u8();
      if (code === 0x2e) return this.#pop();
      this.#step(code, byte);
    }
  }

  #step(code: number, byte: number): void {
    const literal = literals.get(code);
    if (literal) {
      this.place = { opcode: literal.name, byte };
      this.#stack.push(literal.read(this.cursor));
      return;
    }
    const rule = Machine.#rules.get(code);
    this.place = { opcode: rule?.name ?? refused.get(code) ?? `0x${code.toString(16)}`, byte };
    if (!rule) this.#fail('its opcode is not one that weights need');
    else rule.run(this);
  }

  #fail(problem: string): never {
    return this.world.fail(problem, this.place);
  }

  #pop(): PickleValue {
    const top = this.#stack.pop();
    return top === undefined || top === MARK ? this.#fail('its stack is empty') : top;
  }

  #popMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) this.#fail('there is no mark on its stack');
    const items = this.#stack.splice(at + 1) as PickleValue[];
    this.#stack.pop();
    return items;
  }

  #top(): PickleValue {
    const top = this.#stack.at(-1);
    return top === undefined || top === MARK ? this.#fail('its stack is empty') : top;
  }

  #get(key: number): void {
    const value = this.#memo.get(key);
    this.#stack.push(value === undefined ? this.#fail(`it recalls what it never stored (${key})`) : value);
  }

  #append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) this.#fail('it appends to something that is no list');
    else for (const item of items) list.push(item);
  }

  #addToSet(items: readonly PickleValue[]): void {
    const set = this.#top();
    if (!(set instanceof Set)) this.#fail('it adds to something that is no set');
    else for (const item of items) set.add(item);
  }

  #setItems(items: readonly PickleValue[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map)) this.#fail('it sets items of something that is no dict');
    else for (const [key, value] of this.#pairs(items)) dict.set(key, value);
  }

  #pairs(items: readonly PickleValue[]): [PickleValue, PickleValue][] {
    if (items.length % 2 !== 0) this.#fail('a key has no value');
    return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i]!, items[2 * i + 1]!]);
  }

  #global(module: string, name: string): void {
    const global = new PythonGlobal(module, name);
    this.world.allow(global, this.place);
    this.#stack.push(global);
  }

  #call(): void {
    const args = this.#pop();
    const callee = this.#pop();
    if (!(callee instanceof PythonGlobal) || !Array.isArray(args))
      this.#fail('it calls something that is no global');
    else this.#stack.push(this.world.call(callee, args, this.place));
  }

  /** Attributes of an ordered dict (torch's `_metadata`) are of no use to us; other objects have none. */
  #build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map)) this.#fail('it sets the state of an object');
  }

  #stackGlobal(): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof name !== 'string' || typeof module !== 'string') this.#fail('a global has no name');
    else this.#global(module, name);
  }

  static readonly #rules: ReadonlyMap<number, { name: string; run: (m: Machine) => void }> = new Map(
    (
      [
        ['PROTO', 0x80, (m) => void m.cursor.u8()],
        ['FRAME', 0x95, (m) => void m.cursor.u64()],
        ['MARK', 0x28, (m) => m.#stack.push(MARK)],
        ['POP', 0x30, (m) => m.#stack.pop()],
        ['POP_MARK', 0x31, (m) => m.#popMark()],
        ['DUP', 0x32, (m) => m.#stack.push(m.#top())],
        ['GET', 0x67, (m) => m.#get(Number(m.cursor.line()))],
        ['BINGET', 0x68, (m) => m.#get(m.cursor.u8())],
        ['LONG_BINGET', 0x6a, (m) => m.#get(m.cursor.u32())],
        ['PUT', 0x70, (m) => m.#memo.set(Number(m.cursor.line()), m.#top())],
        ['BINPUT', 0x71, (m) => m.#memo.set(m.cursor.u8(), m.#top())],
        ['LONG_BINPUT', 0x72, (m) => m.#memo.set(m.cursor.u32(), m.#top())],
        ['MEMOIZE', 0x94, (m) => m.#memo.set(m.#memo.size, m.#top())],
        ['LIST', 0x6c, (m) => m.#stack.push(m.#popMark())],
        ['TUPLE', 0x74, (m) => m.#stack.push(m.#popMark())],
        ['TUPLE1', 0x85, (m) => m.#stack.push([m.#pop()])],
        ['TUPLE2', 0x86, (m) => m.#stack.push([m.#pop(), m.#pop()].reverse())],
        ['TUPLE3', 0x87, (m) => m.#stack.push([m.#pop(), m.#pop(), m.#pop()].reverse())],
        ['DICT', 0x64, (m) => m.#stack.push(new Map(m.#pairs(m.#popMark())))],
        ['FROZENSET', 0x91, (m) => m.#stack.push(new Set(m.#popMark()))],
        ['APPEND', 0x61, (m) => m.#append([m.#pop()])],
        ['APPENDS', 0x65, (m) => m.#append(m.#popMark())],
        ['ADDITEMS', 0x90, (m) => m.#addToSet(m.#popMark())],
        ['SETITEM', 0x73, (m) => m.#setItems([m.#pop(), m.#pop()].reverse())],
        ['SETITEMS', 0x75, (m) => m.#setItems(m.#popMark())],
        ['GLOBAL', 0x63, (m) => m.#global(m.cursor.line(), m.cursor.line())],
        ['STACK_GLOBAL', 0x93, (m) => m.#stackGlobal()],
        ['REDUCE', 0x52, (m) => m.#call()],
        ['NEWOBJ', 0x81, (m) => m.#call()],
        ['BUILD', 0x62, (m) => m.#build()],
        ['BINPERSID', 0x51, (m) => m.#stack.push(m.world.persistent(m.#pop(), m.place))],
      ] satisfies [string, number, (m: Machine) => void][]
    ).map(([name, code, run]) => [code, { name, run }]),
  );
}
