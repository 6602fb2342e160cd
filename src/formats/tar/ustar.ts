import { BLOCK } from './header.js';

/**
 * The header of a plain file as POSIX.1-1988 (ustar) describes it: mode 644, owner 0, time 0. For names of less than
 * 100 ASCII characters.
 */
export function tarHeader(name: string, size: number): Buffer {
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
