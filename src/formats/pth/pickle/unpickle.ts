import { BadPickle, Cursor } from './cursor.js';
import { Machine, type PickleWorld } from './machine.js';
import { literals, refused } from './opcodes.js';
import { rules } from './rules.js';
import type { PickleValue } from './values.js';

export type { PicklePlace, PickleWorld } from './machine.js';

/**
 * Runs a pickle (protocols 0 to 5) as far as data goes: there is no import, no attribute access and no call
 * except of what `world` allows by name.
 * @returns the object, and the number of bytes read, as pickles may follow one another
 */
export function unpickle(bytes: Uint8Array, world: PickleWorld): { value: PickleValue; length: number } {
  const cursor = new Cursor(bytes);
  const machine = new Machine(cursor, world);
  try {
    return { value: run(machine), length: cursor.at };
  } catch (error) {
    if (error instanceof BadPickle) return world.fail(error.message, machine.place);
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return world.fail('a text in it is not UTF-8', machine.place);
    throw error;
  }
}

const STOP = 0x2e;

function run(machine: Machine): PickleValue {
  for (;;) {
    const byte = machine.cursor.at;
    const code = machine.cursor.u8();
    if (code === STOP) return machine.pop();
    step(machine, code, byte);
  }
}

function step(machine: Machine, code: number, byte: number): void {
  const literal = literals.get(code);
  if (literal) {
    machine.place = { opcode: literal.name, byte };
    machine.push(literal.read(machine.cursor));
    return;
  }
  const rule = rules.get(code);
  machine.place = { opcode: rule?.name ?? refused.get(code) ?? `0x${code.toString(16)}`, byte };
  if (!rule) machine.fail('its opcode is not one that weights need');
  else rule.run(machine);
}
