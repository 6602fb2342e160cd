import type { Cursor } from './cursor.js';
import type { PickleValue } from './values.js';

interface Literal {
  readonly name: string;
  readonly read: (cursor: Cursor) => PickleValue;
}

/** `I` of protocol 0 also stands for booleans: `I00` and `I01`. */
function int(c: Cursor): PickleValue {
  const text = c.line();
  if (text === '00') return false;
  return text === '01' ? true : c.decimal(text);
}

/** Opcodes that push a value and do nothing else. */
export const literals: ReadonlyMap<number, Literal> = new Map(
  (
    [
      ['NONE', 0x4e, () => null],
      ['NEWTRUE', 0x88, () => true],
      ['NEWFALSE', 0x89, () => false],
      ['INT', 0x49, int],
      ['LONG', 0x4c, (c) => c.decimal(c.line())],
      ['BININT', 0x4a, (c) => c.i32()],
      ['BININT1', 0x4b, (c) => c.u8()],
      ['BININT2', 0x4d, (c) => c.u16()],
      ['LONG1', 0x8a, (c) => c.integer(c.u8())],
      ['LONG4', 0x8b, (c) => c.integer(c.u32())],
      ['FLOAT', 0x46, (c) => Number(c.line())],
      ['BINFLOAT', 0x47, (c) => c.f64BigEndian()],
      ['UNICODE', 0x56, (c) => c.line()],
      ['BINUNICODE', 0x58, (c) => c.utf8(c.u32())],
      ['SHORT_BINUNICODE', 0x8c, (c) => c.utf8(c.u8())],
      ['BINUNICODE8', 0x8d, (c) => c.utf8(c.u64())],
      ['STRING', 0x53, (c) => c.line().slice(1, -1)],
      ['BINSTRING', 0x54, (c) => c.latin1(c.u32())],
      ['SHORT_BINSTRING', 0x55, (c) => c.latin1(c.u8())],
      ['BINBYTES', 0x42, (c) => c.bytes(c.u32())],
      ['SHORT_BINBYTES', 0x43, (c) => c.bytes(c.u8())],
      ['BINBYTES8', 0x8e, (c) => c.bytes(c.u64())],
      ['BYTEARRAY8', 0x96, (c) => c.bytes(c.u64())],
      ['EMPTY_LIST', 0x5d, () => []],
      ['EMPTY_TUPLE', 0x29, () => []],
      ['EMPTY_DICT', 0x7d, () => new Map()],
      ['EMPTY_SET', 0x8f, () => new Set()],
    ] satisfies [string, number, Literal['read']][]
  ).map(([name, code, read]) => [code, { name, read }]),
);

/** Names of opcodes that no state dict has: objects made in other ways, registered extensions, outside buffers. */
export const refused: ReadonlyMap<number, string> = new Map([
  [0x69, 'INST'],
  [0x6f, 'OBJ'],
  [0x50, 'PERSID'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x92, 'NEWOBJ_EX'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
]);
