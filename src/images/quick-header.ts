import { crc32 } from 'node:zlib';
import type { FileLike } from './file-like.js';
import { SIGNATURE } from './signature.js';

/** What a plain header says; everything about it is as `readPixels` wants it. */
export interface QuickHeader {
  readonly format: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
  /** Rows or coefficients come in several passes. */
  readonly interlaced: boolean;
}

/** Enough for the chunks that writers of PNG put before the pixels. */
const HEAD = 4096;

/** Chunks that change nothing about 8-bit RGB pixels as sharp hands them out. */
const harmless = new Set(['sRGB', 'gAMA', 'cHRM', 'pHYs', 'tIME', 'bKGD', 'sBIT', 'tEXt', 'zTXt', 'iTXt']);

/**
 * Reads the header of the files that training sets are made of: 8-bit RGB PNG and JPEG without a colour profile or an
 * orientation. `undefined` for all others, which libvips must look at: asking it takes several times as long.
 */
export async function quickHeader(file: Pick<FileLike, 'read'>): Promise<QuickHeader | undefined> {
  const head = await file.read(0, HEAD);
  return pngHeader(head) ?? jpegHeader(head);
}

/** Portable Network Graphics, third edition, sections 5 and 11. */
export function pngHeader(head: Buffer): QuickHeader | undefined {
  if (head.length < 33 || !head.subarray(0, 8).equals(SIGNATURE)) return undefined;
  if (head.readUInt32BE(8) !== 13 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const [depth, colour, compression, filter, interlace] = head.subarray(24, 29);
  const plain = depth === 8 && colour === 2 && compression === 0 && filter === 0 && interlace! <= 1;
  if (!plain || crc32(head.subarray(12, 29)) !== head.readUInt32BE(29)) return undefined;
  const [width, height] = [head.readUInt32BE(16), head.readUInt32BE(20)];
  const found = { format: 'png', width, height, interlaced: interlace === 1 } as const;
  for (let at = 33; at + 8 <= head.length; at += 12 + head.readUInt32BE(at)) {
    const name = head.toString('latin1', at + 4, at + 8);
    if (name === 'IDAT') return width > 0 && height > 0 ? found : undefined;
    if (!harmless.has(name)) return undefined;
  }
  return undefined;
}

/** Markers of JPEG before the pixels: the size, and segments that change nothing about the picture. */
const SIZE = new Set([0xc0, 0xc1, 0xc2]);
const PROGRESSIVE = 0xc2;
const SCAN = 0xda;
const HARMLESS = new Set([0xe0, 0xfe, 0xdb, 0xc4, 0xdd]);

/**
 * Baseline and progressive Huffman-coded JPEG (ITU T.81, annex B) of three 8-bit components. An Exif, ICC or Adobe
 * segment may say that its pixels are to be changed.
 */
export function jpegHeader(head: Buffer): QuickHeader | undefined {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return undefined;
  let found: QuickHeader | undefined;
  for (let at = 2; at + 10 <= head.length && head[at] === 0xff; at += 2 + head.readUInt16BE(at + 2)) {
    const marker = head[at + 1]!;
    if (marker === SCAN) return found;
    if (SIZE.has(marker) && head[at + 4] === 8 && head[at + 9] === 3) {
      const [height, width] = [head.readUInt16BE(at + 5), head.readUInt16BE(at + 7)];
      if (width === 0 || height === 0) return undefined;
      found = { format: 'jpeg', width, height, interlaced: marker === PROGRESSIVE };
    } else if (!HARMLESS.has(marker)) return undefined;
  }
  return undefined;
}
