import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const suffix = /^\..+\.[0-9a-f]{12}\.part$/;

/** A name in the folder of `file` under which it is written until it is whole. */
export function temporaryName(file: string): string {
  // Long names are cut so that the temporary one still fits into the 255 bytes of a file name.
  const stem = Buffer.from(path.basename(file)).subarray(0, 200).toString('utf8');
  return path.join(path.dirname(file), `.${stem}.${randomBytes(6).toString('hex')}.part`);
}

/** Whether a file name is one that `temporaryName` made: a leftover of a run that was killed. */
export function isTemporaryName(name: string): boolean {
  return suffix.test(path.basename(name));
}

export interface AtomicOptions {
  /** Wait until the bytes are on the disk, so that the file also survives a power cut. Default true. */
  readonly fsync?: boolean;
}

/**
 * Writes a file so that it appears whole or not at all, replacing one of that name; the folder must exist.
 * `data` may come in pieces, which are written as they are made.
 */
export async function writeFileAtomic(
  file: string,
  data: Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: AtomicOptions = {},
): Promise<void> {
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, 'wx');
    try {
      if (typeof data === 'string' || data instanceof Uint8Array) await handle.writeFile(data);
      else for await (const piece of data) await handle.writeFile(piece);
      if (options.fsync !== false) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * The same in one go, for worker threads, without waiting for the disk: `produce` gives the bytes piece by piece.
 * Costs a fraction of the time, as nothing goes through the threads of libuv.
 */
export function writeFileAtomicSync(
  file: string,
  produce: (write: (bytes: Uint8Array) => void) => void,
): void {
  const temporary = temporaryName(file);
  try {
    const handle = openSync(temporary, 'wx');
    try {
      produce((bytes) => {
        for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
      });
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
