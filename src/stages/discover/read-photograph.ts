import type { Pixels } from '../../images/pixels.js';
import { readPixels, unreadable } from '../../images/read.js';
import type { Source } from '../../plan/types.js';
import { Failure } from '../../remote/index.js';
import { fetchBytes } from './access.js';
import type { SourceOptions } from './options.js';

/**
 * The pixels of one photograph, wherever it lies: for looking at a few; a run opens its sources in the decode stage.
 *
 * @throws EsrganError `IMAGE_UNREADABLE` as readPixels, also when a server does not send it
 */
export async function readPhotograph(source: Source, options: SourceOptions): Promise<Pixels> {
  const bytes = await fetchBytes(source, options).catch((cause: unknown) => {
    throw cause instanceof Failure ? unreadable(source, cause.message, cause) : cause;
  });
  return readPixels(source, { background: options.background, bytes });
}
