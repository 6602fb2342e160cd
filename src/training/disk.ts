import { statfs } from 'node:fs/promises';
import { EsrganError } from '../errors.js';

const gib = 2 ** 30;
const size = (bytes: number): string =>
  bytes >= gib ? `${(bytes / gib).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** Free bytes for us on the disk of a folder; unknown on systems that do not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: undefined, bsize: 0 }));
  return bavail === undefined ? undefined : bavail * bsize;
}

/**
 * Looks at the disk before something large is written to it.
 * @throws EsrganError `DISK_FULL`
 */
export async function mustFit(folder: string, bytes: number, free = freeBytes): Promise<void> {
  const left = await free(folder);
  if (left !== undefined && left < bytes) throw full(folder, bytes, left);
}

/** What a write throws when the disk is full, as an error with a remedy; anything else as it is. */
export function asDiskError(error: unknown, folder: string, bytes: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? full(folder, bytes, undefined, error) : error;
}

function full(folder: string, bytes: number, left?: number, cause?: unknown): EsrganError {
  const free = left === undefined ? '' : `, and ${size(left)} are free`;
  return new EsrganError('DISK_FULL', `the disk is full: a checkpoint takes ${size(bytes)}${free}`, {
    place: { file: folder },
    remedy:
      'Make room, or keep fewer checkpoints (logger.keep_last); earlier checkpoints are whole, go on with path.resume_state=auto.',
    cause,
  });
}
