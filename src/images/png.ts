import { constants, crc32, deflateSync } from 'node:zlib';
import type { Pixels } from './pixels.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const SUB = 1;

/**
 * An image as a PNG file, fast: every row filtered by its left neighbours and deflated with run lengths and
 * Huffman codes only, as OpenCV does by default. Synchronous: for worker threads. `level` is zlib's, 0..9.
 */
export function encodePng(pixels: Pixels, level: number): Uint8Array {
  const { width, height, channels } = pixels;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
  const data = deflateSync(filtered(pixels), { level, strategy: constants.Z_RLE, memLevel: 9 });
  const file = Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return new Uint8Array(file.buffer, file.byteOffset, file.length);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

function filtered({ data, width, height, channels, stride }: Pixels): Buffer {
  const row = width * channels;
  const out = Buffer.allocUnsafe(height * (row + 1));
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    const to = y * (row + 1);
    out[to] = SUB;
    for (let i = 0; i < channels; i++) out[to + 1 + i] = data[from + i];
    for (let i = channels; i < row; i++) out[to + 1 + i] = data[from + i] - data[from + i - channels];
  }
  return out;
}
