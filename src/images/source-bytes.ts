import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Source } from '../plan/types.js';
import { readPart } from './file-like.js';

/** The bytes of a photograph that is no file of its own: those that were `fetched`, or its part of a tar here. */
export async function sourceBytes(source: Source, fetched?: Uint8Array): Promise<Uint8Array | undefined> {
  if (fetched) return fetched;
  const { origin } = source;
  if (!origin) return undefined;
  const { uri, offset = 0, bytes = 0 } = origin;
  // Whoever reads from servers has the settings for it.
  if (!path.isAbsolute(uri)) throw new Error(`the bytes of ${source.path} were not fetched`);
  const part = await readPart(uri, offset, bytes);
  if (part.length < bytes) throw new Error('the tar that holds it has become shorter');
  return part;
}

/** All bytes of a photograph, in memory that may be changed. */
export async function ownBytes(source: Source, fetched?: Uint8Array): Promise<Buffer> {
  if (fetched) return Buffer.from(fetched);
  const bytes = await sourceBytes(source);
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : readFile(source.path);
}
