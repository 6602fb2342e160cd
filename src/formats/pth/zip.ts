import { crc32, inflateRawSync } from 'node:zlib';
import type { Fail } from './failure.js';
import type { Source } from './source.js';

/** A record of a zip archive as the central directory tells of it. */
interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly at: number;
}

export interface Zip {
  readonly names: readonly string[];
  /** The bytes of a record, checked; undefined when there is none of that name. */
  read(name: string): Uint8Array<ArrayBuffer> | undefined;
  size(name: string): number | undefined;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX32 = 0xffffffff;
/** The end record and the longest comment after it. */
const TAIL = 22 + 0xffff;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads the directory of a zip archive (APPNOTE.TXT 6.3.10, with zip64 as torch writes it). */
export function openZip(source: Source, fail: Fail): Zip {
  const entries = directory(source, fail);
  return {
    names: [...entries.keys()],
    size: (name) => entries.get(name)?.size,
    read(name) {
      const entry = entries.get(name);
      return entry && content(source, name, entry, fail);
    },
  };
}

function directory(source: Source, fail: Fail): Map<string, Entry> {
  const { at, length } = locate(source, fail);
  const bytes = source.read(at, length);
  if (bytes.length < length) fail('its directory lies outside of the file');
  const view = viewOf(bytes);
  const entries = new Map<string, Entry>();
  for (let p = 0; p + 46 <= length; ) {
    if (view.getUint32(p, true) !== ENTRY) fail('its directory is damaged');
    const nameEnd = p + 46 + view.getUint16(p + 28, true);
    const extraEnd = nameEnd + view.getUint16(p + 30, true);
    const end = extraEnd + view.getUint16(p + 32, true);
    if (end > length) fail('its directory is damaged');
    const name = Buffer.from(bytes.subarray(p + 46, nameEnd)).toString('utf8');
    if (entries.has(name)) fail(`it holds ${name} twice`);
    const wide = wideFields(viewOf(bytes.subarray(nameEnd, extraEnd)));
    const field = (offset: number): number => {
      const short = view.getUint32(p + offset, true);
      return short === MAX32 ? (wide.shift() ?? short) : short;
    };
    const size = field(24);
    const packed = field(20);
    const place = field(42);
    const method = view.getUint16(p + 10, true);
    entries.set(name, { method, crc: view.getUint32(p + 16, true), size, packed, at: place });
    p = end;
  }
  return entries;
}

/** The 64-bit values of extra field 1: those that did not fit, in the order size, packed size, place. */
function wideFields(extra: DataView): number[] {
  for (let p = 0; p + 4 <= extra.byteLength; p += 4 + extra.getUint16(p + 2, true)) {
    if (extra.getUint16(p, true) !== 1) continue;
    const count = Math.floor(Math.min(extra.getUint16(p + 2, true), extra.byteLength - p - 4) / 8);
    return Array.from({ length: count }, (_, i) => Number(extra.getBigUint64(p + 4 + 8 * i, true)));
  }
  return [];
}

function locate(source: Source, fail: Fail): { at: number; length: number } {
  const start = Math.max(0, source.size - TAIL);
  const view = viewOf(source.read(start, TAIL));
  for (let p = view.byteLength - 22; p >= 0; p--) {
    if (view.getUint32(p, true) !== END) continue;
    const found = { at: view.getUint32(p + 16, true), length: view.getUint32(p + 12, true) };
    if (p < 20 || view.getUint32(p - 20, true) !== LOCATOR64) return found;
    const wide = viewOf(source.read(Number(view.getBigUint64(p - 12, true)), 56));
    if (wide.byteLength < 56 || wide.getUint32(0, true) !== END64) return fail('its directory is damaged');
    return { at: Number(wide.getBigUint64(48, true)), length: Number(wide.getBigUint64(40, true)) };
  }
  return fail('it ends before its directory; it is cut short');
}

function content(source: Source, name: string, entry: Entry, fail: Fail): Uint8Array<ArrayBuffer> {
  const header = viewOf(source.read(entry.at, 30));
  if (header.byteLength < 30 || header.getUint32(0, true) !== LOCAL)
    fail(`${name} is not where it should be`);
  const begin = entry.at + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = source.read(begin, entry.packed);
  if (packed.length < entry.packed) fail(`${name} is cut short`);
  const bytes = unpack(name, packed, entry, fail);
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc) fail(`${name} is damaged`);
  return bytes;
}

function unpack(name: string, packed: Uint8Array<ArrayBuffer>, entry: Entry, fail: Fail) {
  if (entry.method === 0) return packed;
  if (entry.method !== 8) return fail(`${name} is packed in an unknown way (${entry.method})`);
  // Deflate shrinks to a thousandth at best: more than that is no honest size.
  if (entry.size > 1100 * entry.packed + 64) return fail(`${name} claims ${entry.size} bytes`);
  try {
    return Uint8Array.from(inflateRawSync(packed, { maxOutputLength: entry.size + 1 }));
  } catch {
    return fail(`${name} is damaged`);
  }
}
