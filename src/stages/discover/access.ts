import path from 'node:path';
import { sourceBytes } from '../../images/source-bytes.js';
import type { Source } from '../../plan/types.js';
import { isRemote, Reader } from '../../remote/index.js';
import type { FetchedSource } from '../workers/tasks.js';
import type { SourceOptions } from './options.js';
import { RemoteOptions } from './remote-options.js';

const readers = new WeakMap<SourceOptions, Reader>();

/** The connections to servers that the stages of a run share, by the options they were given. */
export function readerFor(options: SourceOptions): Reader {
  const known = readers.get(options);
  if (known) return known;
  const { cache, ...rest } = remoteOptions(options);
  const kept = cache && { cache: { ...cache, folder: path.resolve(cache.folder) } };
  const reader = new Reader({ ...rest, ...kept });
  readers.set(options, reader);
  return reader;
}

const remoteOptions = ({ remote }: SourceOptions): RemoteOptions => remote ?? RemoteOptions.parse({});

const unstopped = new AbortController().signal;

/**
 * The bytes of a photograph that lies on a server; undefined for files and tars here.
 *
 * @throws Failure with the reason; EsrganError `S3` when the credentials or the bucket are wrong
 */
export async function fetchBytes(
  { origin }: Source,
  options: SourceOptions,
  signal: AbortSignal = unstopped,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return origin && isRemote(origin.uri) ? readerFor(options).bytes(origin, signal) : undefined;
}

/** The bytes of a photograph that is no file of its own: in a tar or on a server. Throws as `fetchBytes`. */
export const bytesElsewhere = async (
  source: Source,
  options: SourceOptions,
): Promise<Uint8Array | undefined> => sourceBytes(source, await fetchBytes(source, options));

/** The same as `fetchBytes` of a photograph and its lq; undefined when neither lies on a server. */
export async function fetchSource(
  source: Source,
  options: SourceOptions,
  signal: AbortSignal,
): Promise<FetchedSource> {
  const [gt, lq] = await Promise.all([
    fetchBytes(source, options, signal),
    source.lq && fetchBytes(source.lq, options, signal),
  ]);
  return { ...(gt && { gt }), ...(lq && { lq }) };
}

/** Whether the bytes of a photograph or of its lq have to be fetched before it is decoded. */
export const isFar = ({ origin, lq }: Source): boolean =>
  (origin !== undefined && isRemote(origin.uri)) || (lq !== undefined && isFar(lq));

/** Photographs that are worth fetching at once; 0 where none lies on a server. */
export function fetchedAtOnce(options: SourceOptions): number {
  const { images = [], tars = [], dataroot_gt = '', dataroot_lq = '' } = options;
  const far = [...images, ...tars, dataroot_gt, dataroot_lq].some(isRemote);
  return far ? remoteOptions(options).connections : 0;
}
