import type { FileLike } from './file-like.js';
import { sharpInput } from './input.js';
import { SIGNATURE } from './signature.js';

/** Bytes from the front that mostly hold all of a header, previews and colour profiles included. */
export const HEADER_BYTES = 64 * 2 ** 10;

/** What to hand to sharp so that it can read the header of a file: as little as will do. */
export async function headerInput(file: FileLike): Promise<string | Buffer> {
  if (file.path !== undefined) return sharpInput(file.path);
  for (let length = HEADER_BYTES; length < file.bytes; length *= 8) {
    const head = await file.read(0, length);
    if (isWholeHeader(head)) return head;
    if (!isGrowing(head)) break;
  }
  return file.read(0, file.bytes);
}

const isPng = (head: Buffer): boolean => head.subarray(0, 8).equals(SIGNATURE);
const isJpeg = (head: Buffer): boolean => head[0] === 0xff && head[1] === 0xd8;

/** Formats whose header lies in front; of others (the frames of a GIF, the directory of a TIFF) it may lie anywhere. */
const isGrowing = (head: Buffer): boolean => isPng(head) || isJpeg(head);

/** Whether everything before the pixels is there. */
function isWholeHeader(head: Buffer): boolean {
  if (isPng(head)) {
    for (let at = 8; at + 8 <= head.length; at += 12 + head.readUInt32BE(at))
      if (head.toString('latin1', at + 4, at + 8) === 'IDAT') return true;
    return false;
  }
  if (!isJpeg(head)) return false;
  for (let at = 2; at + 4 <= head.length && head[at] === 0xff; at += 2 + head.readUInt16BE(at + 2))
    if (head[at + 1] === 0xda) return true;
  return false;
}
