import { constants, crc32, inflateSync } from 'node:zlib';
import { pngHeader } from './quick-header.js';

/** What lies in a PNG file before its row filters are undone: of each row the filter's number and the RGB bytes. */
export interface FilteredRows {
  readonly width: number;
  readonly height: number;
  readonly rows: Uint8Array;
}

/**
 * Inflates a sound PNG of 8-bit RGB whose pixels need no conversion, in half the time that libvips takes. `undefined`
 * for every other file, also for a damaged one: libvips then says what is wrong with it. Blocks its thread and
 * changes `file`.
 */
export function plainPng(file: Buffer): FilteredRows | undefined {
  const header = pngHeader(file);
  const stream = header && !header.interlaced && imageData(file);
  if (!stream) return undefined;
  const { width, height } = header;
  const size = height * (3 * width + 1);
  try {
    const chunkSize = Math.max(constants.Z_MIN_CHUNK, size + 1);
    const rows = inflateSync(stream, { chunkSize, maxOutputLength: size + 1 });
    return rows.length === size ? { width, height, rows } : undefined;
  } catch {
    return undefined;
  }
}

/** The contents of the IDAT chunks, drawn together where the first one lies; only of a file that is whole. */
function imageData(file: Buffer): Buffer | undefined {
  let start = 0;
  let length = 0;
  for (let at = 8; at + 12 <= file.length; ) {
    const end = at + 12 + file.readUInt32BE(at);
    if (end > file.length || crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4))
      return undefined;
    const name = file.toString('latin1', at + 4, at + 8);
    if (name === 'IEND') return file.subarray(start, start + length);
    if (name === 'IDAT') {
      start ||= at + 8;
      file.copyWithin(start + length, at + 8, end - 4);
      length += end - at - 12;
    }
    at = end;
  }
  return undefined;
}
