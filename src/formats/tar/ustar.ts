import { BLOCK, padded } from './header.js';

/** A closed tar ends with this. */
export const endOfTar = new Uint8Array(2 * BLOCK);

/** A file as it stands in a tar, in pieces; those of its contents are handed on as they are. */
export function tarMember(name: string, contents: readonly Uint8Array[]): Uint8Array[] {
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  return [tarHeader(name, size), ...contents, new Uint8Array(padded(size) - size)];
}

/**
 * The header of a plain file as POSIX.1-1988 (ustar) describes it: mode 644, owner 0, time 0, so that the bytes of a tar
 * depend on the names and contents of its members only. For names of less than 100 ASCII characters, as ours are.
 */
function tarHeader(name: string, size: number): Buffer {
  if (!/^[\x21-\x7e]{1,99}$/.test(name)) throw new Error(`${name} is no name for a member of a tar`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')} `;
  block.write(name, 0, 'latin1');
  block.write(octal(0o644, 6), 100);
  block.write(octal(0, 6), 108);
  block.write(octal(0, 6), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  block.write('        0', 148);
  block.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
