import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { EsrganError } from '../../errors.js';
import { describeFileError } from '../../images/diagnose.js';
import { unreadable } from '../../images/read.js';
import type { Source } from '../../plan/types.js';
import { Failure } from '../../remote/index.js';
import { hashFile } from '../write/units/hash-file.js';
import { bytesElsewhere } from './access.js';
import type { SourceOptions } from './options.js';

export interface HashedSource {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Size and hash of a photograph (without its lq) as it is now, wherever it lies: of a tar its own part, of an object on
 * a server all of its bytes, from the cache where that has the version that was found.
 *
 * @throws EsrganError `IMAGE_UNREADABLE` when it cannot be read, `S3` when the credentials or the bucket are wrong
 */
export async function hashSource(source: Source, options: SourceOptions): Promise<HashedSource> {
  try {
    const bytes = await bytesElsewhere(source, options);
    if (bytes) return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    return { bytes: (await stat(source.path)).size, sha256: await hashFile(source.path) };
  } catch (cause) {
    if (cause instanceof EsrganError) throw cause;
    throw unreadable(source, cause instanceof Failure ? cause.message : describeFileError(cause), cause);
  }
}
