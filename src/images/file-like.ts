import { close, open, read, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A file to look into, wherever it lies. */
export interface FileLike {
  /** Its name; the extension is looked at. */
  readonly name: string;
  readonly bytes: number;
  /** Fewer bytes only where it ends. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Where other programs can read it, if it is a file of its own. */
  readonly path?: string;
}

/** A part of a file, such as a member of a tar. */
export interface FilePart {
  readonly uri: string;
  readonly offset: number;
  readonly bytes: number;
}

const [openFile, readFile, closeFile] = [promisify(open), promisify(read), promisify(close)];

/** Fewer bytes only where the file ends. */
export async function readPart(file: string, offset: number, length: number): Promise<Buffer> {
  const descriptor = await openFile(file, 'r');
  try {
    const bytes = Buffer.allocUnsafe(length);
    let size = 0;
    for (let got = 1; got > 0 && size < length; size += got)
      got = (await readFile(descriptor, bytes, size, length - size, offset + size)).bytesRead;
    return bytes.subarray(0, size);
  } finally {
    await closeFile(descriptor);
  }
}

/** A file of its own; `stats` where it has been looked at already. */
export async function localFile(path: string, stats?: Stats): Promise<FileLike> {
  const { size } = stats ?? (await stat(path));
  return { name: path, path, bytes: size, read: (offset, length) => readPart(path, offset, length) };
}

/** A part of a file as a file. */
export function filePart(name: string, { uri, offset, bytes }: FilePart): FileLike {
  const read = (from: number, length: number): Promise<Buffer> =>
    readPart(uri, offset + from, Math.max(0, Math.min(length, bytes - from)));
  return { name, bytes, read };
}

/** Bytes in memory as a file. */
export function inMemory(name: string, bytes: Uint8Array): FileLike {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { name, bytes: bytes.length, read: async (from, length) => buffer.subarray(from, from + length) };
}
