import { constants, crc32, deflateSync } from 'node:zlib';
import { type Deflated, RowCoder } from '../simd/png/index.js';
import type { Pixels } from './pixels.js';
import { SIGNATURE } from './signature.js';

const END = chunk('IEND', Buffer.alloc(0));
/** Levels up to this one search for nothing but runs. */
const FAST = 3;

let coder: RowCoder | undefined;

/**
 * An image as a PNG file, every row with the filter that suits it. Synchronous: for worker threads. The bytes go
 * to `write` in one piece or several, each valid until `write` returns.
 *
 * `level` 0 stores; 1 to 3 take runs and Huffman codes only, which is fast and, on photographs, as small as zlib's
 * level 6; from 4 on zlib also searches for repetitions at that level, and the smaller of both results is taken.
 */
export function encodePng(pixels: Pixels, level: number, write: (bytes: Uint8Array) => void): void {
  coder ??= new RowCoder();
  if (level >= 1 && level <= FAST) {
    coder.deflate(pixels, (piece) => write(framed(piece, pixels)));
    return;
  }
  write(SIGNATURE);
  write(header(pixels));
  write(chunk('IDAT', searched(coder, pixels, level)));
  write(END);
}

function searched(rows: RowCoder, pixels: Pixels, level: number): Uint8Array {
  const filtered: Buffer[] = [];
  rows.filter(pixels, (strip) => filtered.push(Buffer.from(strip)));
  const data = Buffer.concat(filtered);
  const deflated = deflateSync(data, { level, strategy: constants.Z_FILTERED, memLevel: 9 });
  if (level === 0) return deflated;
  const fast: Buffer[] = [];
  rows.deflate(pixels, ({ memory, from, to }) => fast.push(Buffer.from(memory.subarray(from, to))));
  const runs = Buffer.concat(fast);
  return runs.length < deflated.length ? runs : deflated;
}

/** Makes an IDAT chunk of a piece where it lies, with what the file begins or ends with. */
function framed({ memory, from, to, first, last }: Deflated, pixels: Pixels): Uint8Array {
  const before = first ? Buffer.concat([SIGNATURE, header(pixels)]) : SIGNATURE.subarray(0, 0);
  const start = from - 8 - before.length;
  const bytes = Buffer.from(memory.buffer, 0, memory.length);
  bytes.set(before, start);
  bytes.writeUInt32BE(to - from, from - 8);
  bytes.write('IDAT', from - 4, 'latin1');
  bytes.writeUInt32BE(crc32(bytes.subarray(from - 4, to)), to);
  if (last) bytes.set(END, to + 4);
  return memory.subarray(start, to + 4 + (last ? END.length : 0));
}

/** The IHDR chunk of an 8-bit image. */
export function header({ width, height, channels }: Pick<Pixels, 'width' | 'height' | 'channels'>): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
  return chunk('IHDR', data);
}

/** A chunk with its length and checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
