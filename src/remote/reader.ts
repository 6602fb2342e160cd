import pLimit, { type LimitFunction } from 'p-limit';
import { bucketAndKey, hostOf, shownAddress } from './address.js';
import { DiskCache } from './cache.js';
import { Failure } from './failure.js';
import { HttpStore } from './http.js';
import { Patience } from './patience.js';
import { Persistence } from './persistence.js';
import { type S3Object, type S3Options, S3Store } from './s3.js';
import { listError } from './s3-errors.js';
import type { Part, Piece } from './store.js';

export interface ReaderOptions {
  /** Requests at once, and so connections. */
  readonly connections: number;
  /** Seconds without a byte after which an attempt is given up. */
  readonly timeout: number;
  /** Attempts after the first one. */
  readonly retries: number;
  /** Most bytes of an object or a part that are taken into memory. */
  readonly limit_bytes: number;
  readonly cache?: { readonly folder: string; readonly max_bytes: number };
  readonly s3: S3Options;
}

/** An object, or the part of a larger one that a picture is. */
export interface Wanted {
  readonly uri: string;
  readonly offset?: number;
  /** As they were when it was found. */
  readonly bytes?: number;
  readonly version?: string;
}

/** Reads from servers with few connections, time limits, repeated attempts and a cache. */
export class Reader {
  readonly #limit: LimitFunction;
  readonly #persistence: Persistence;
  readonly #http: HttpStore;
  readonly #s3: S3Store;
  readonly #cache?: DiskCache;

  constructor(readonly options: ReaderOptions) {
    const { connections, retries, cache, s3 } = options;
    this.#limit = pLimit(connections);
    this.#persistence = new Persistence(retries);
    this.#http = new HttpStore(connections);
    this.#s3 = new S3Store(s3, connections);
    this.#cache = cache && new DiskCache(cache.folder, cache.max_bytes);
  }

  /** A part of an object as it is now; shorter where the object ends earlier. Throws as `bytes`. */
  part(uri: string, part: Part, signal: AbortSignal): Promise<Piece> {
    return this.#get(uri, part, signal);
  }

  /**
   * All bytes of a picture, in memory that can be transferred; from the cache where it has this version.
   *
   * @throws Failure with the reason; EsrganError `S3` when the credentials or the bucket are wrong
   */
  async bytes(wanted: Wanted, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const { uri, offset, bytes, version } = wanted;
    // Without a version nobody could tell whether what is kept is still the same.
    const key = version && `${shownAddress(uri)}\n${offset ?? ''}\n${bytes ?? ''}\n${version}`;
    const kept = key && (await this.#cache?.get(key, bytes));
    if (kept) return kept;
    const part = offset === undefined ? undefined : { offset, length: bytes ?? 0 };
    const piece = await this.#get(uri, part, signal);
    if (bytes !== undefined && piece.bytes.length !== bytes)
      throw new Failure(`it has ${piece.bytes.length} bytes now and had ${bytes} when its header was read`);
    if (key && (piece.version ?? version) === version) await this.#cache?.put(key, piece.bytes);
    return piece.bytes;
  }

  /** All objects whose keys begin with that of an s3 address. Throws EsrganError `S3` when they cannot be listed. */
  async list(uri: string, signal: AbortSignal): Promise<S3Object[]> {
    const { bucket, key } = bucketAndKey(uri);
    const found: S3Object[] = [];
    let page: string | undefined;
    do {
      const { objects, next } = await this.#patiently(uri, signal, (patience) =>
        this.#s3.list(bucket, key, page, patience),
      ).catch((error: unknown) => {
        throw error instanceof Failure ? listError(error, bucket) : error;
      });
      found.push(...objects);
      page = next;
    } while (page !== undefined);
    return found;
  }

  #get(uri: string, part: Part | undefined, signal: AbortSignal): Promise<Piece> {
    const store = uri.startsWith('s3:') ? this.#s3 : this.#http;
    const { limit_bytes } = this.options;
    return this.#patiently(uri, signal, (patience) => store.get(uri, part, limit_bytes, patience));
  }

  /** A connection is held for an attempt, not while waiting for the next one. */
  #patiently<T>(uri: string, signal: AbortSignal, attempt: (patience: Patience) => Promise<T>): Promise<T> {
    return this.#persistence.run(hostOf(uri), uri, signal, () =>
      this.#limit(async () => {
        const patience = new Patience(1000 * this.options.timeout, signal);
        try {
          return await attempt(patience);
        } finally {
          patience.close();
        }
      }),
    );
  }
}
