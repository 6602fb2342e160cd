/** One block of a tar that describes a member. */
export interface Header {
  readonly name: string;
  readonly size: number;
  /** `0` a file, `5` a folder, `x` and `g` further headers of POSIX, `L` a long name of GNU ... */
  readonly type: string;
}

export const BLOCK = 512;

/** Bytes of the blocks that so many bytes take up. */
export const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;

/** A header block as POSIX.1-1988 (ustar) describes it; undefined when its checksum is wrong. */
export function parseHeader(block: Uint8Array): Header | undefined {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (octal(block, 148, 8) !== sum) return undefined;
  const prefix = text(block, 257, 5) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: octal(block, 124, 12) ?? Number.NaN,
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156]),
  };
}

/** The records `length key=value` of a POSIX header; undefined when they are damaged. */
export function parsePax(data: Uint8Array): Map<string, string> | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(32, at);
    const length = Number(text(data, at, space - at));
    if (space < 0 || !(length > space - at) || at + length > data.length) return undefined;
    const record = text(data, space + 1, at + length - 1 - (space + 1));
    const equals = record.indexOf('=');
    if (equals < 0) return undefined;
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

/** Text up to a zero byte or the end of its field. */
export function text(bytes: Uint8Array, from: number, length: number): string {
  const field = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(0, length));
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function octal(block: Uint8Array, from: number, length: number): number | undefined {
  if (block[from] === 0x80) return base256(block.subarray(from + 1, from + length));
  const digits = text(block, from, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** Sizes beyond 8 GB, as GNU writes them. */
function base256(bytes: Uint8Array): number | undefined {
  const value = bytes.reduce((sum, byte) => 256 * sum + byte, 0);
  return Number.isSafeInteger(value) ? value : undefined;
}
