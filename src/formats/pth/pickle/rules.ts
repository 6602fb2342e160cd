import type { Machine } from './machine.js';

/** Opcodes that do something with the stack. */
export const rules: ReadonlyMap<number, { readonly name: string; readonly run: (m: Machine) => void }> =
  new Map(
    (
      [
        ['PROTO', 0x80, (m) => void m.cursor.u8()],
        ['FRAME', 0x95, (m) => void m.cursor.u64()],
        ['MARK', 0x28, (m) => m.mark()],
        ['POP', 0x30, (m) => m.drop()],
        ['POP_MARK', 0x31, (m) => m.popMark()],
        ['DUP', 0x32, (m) => m.push(m.top())],
        ['GET', 0x67, (m) => m.recall(Number(m.cursor.line()))],
        ['BINGET', 0x68, (m) => m.recall(m.cursor.u8())],
        ['LONG_BINGET', 0x6a, (m) => m.recall(m.cursor.u32())],
        ['PUT', 0x70, (m) => m.remember(Number(m.cursor.line()))],
        ['BINPUT', 0x71, (m) => m.remember(m.cursor.u8())],
        ['LONG_BINPUT', 0x72, (m) => m.remember(m.cursor.u32())],
        ['MEMOIZE', 0x94, (m) => m.remember()],
        ['LIST', 0x6c, (m) => m.push(m.popMark())],
        ['TUPLE', 0x74, (m) => m.push(m.popMark())],
        ['TUPLE1', 0x85, (m) => m.push([m.pop()])],
        ['TUPLE2', 0x86, (m) => m.push([m.pop(), m.pop()].reverse())],
        ['TUPLE3', 0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())],
        ['DICT', 0x64, (m) => m.push(new Map(m.pairs(m.popMark())))],
        ['FROZENSET', 0x91, (m) => m.push(new Set(m.popMark()))],
        ['APPEND', 0x61, (m) => m.append([m.pop()])],
        ['APPENDS', 0x65, (m) => m.append(m.popMark())],
        ['ADDITEMS', 0x90, (m) => m.addToSet(m.popMark())],
        ['SETITEM', 0x73, (m) => m.setItems([m.pop(), m.pop()].reverse())],
        ['SETITEMS', 0x75, (m) => m.setItems(m.popMark())],
        ['GLOBAL', 0x63, (m) => m.global(m.cursor.line(), m.cursor.line())],
        ['STACK_GLOBAL', 0x93, (m) => m.stackGlobal()],
        ['REDUCE', 0x52, (m) => m.call()],
        ['NEWOBJ', 0x81, (m) => m.call()],
        ['BUILD', 0x62, (m) => m.build()],
        ['BINPERSID', 0x51, (m) => m.push(m.world.persistent(m.pop(), m.place))],
      ] satisfies [string, number, (m: Machine) => void][]
    ).map(([name, code, run]) => [code, { name, run }]),
  );
