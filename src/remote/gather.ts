import type { Readable } from 'node:stream';
import { Failure, networkFailure } from './failure.js';
import type { Patience } from './patience.js';

export interface Wanted {
  /** Bytes that the answer will have, where it says so. */
  readonly announced?: number;
  /** Bytes after which nothing more is wanted. */
  readonly enough: number;
  /** An answer of more bytes is refused before memory is taken for it. */
  readonly most: number;
}

/**
 * The bytes of an answer, in memory of their own that can be transferred. The stream is left at its end or destroyed.
 *
 * @throws Failure when they are cut off, too many or too slow
 */
export async function gather(
  stream: Readable,
  { announced, enough, most }: Wanted,
  patience: Patience,
): Promise<Uint8Array<ArrayBuffer>> {
  const wanted = Math.min(announced ?? Number.POSITIVE_INFINITY, enough);
  const stop = (): void => void stream.destroy(patience.signal.reason as Error);
  if (patience.signal.aborted) stop();
  patience.signal.addEventListener('abort', stop);
  try {
    if (wanted > most && wanted !== Number.POSITIVE_INFINITY) throw tooLarge(wanted, most);
    const into = new Into(wanted, most);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      patience.came(chunk.length);
      if (into.add(chunk)) break;
    }
    if (announced !== undefined && into.size < wanted)
      throw new Failure(`cut off: ${into.size} of ${wanted} bytes came`, true);
    return into.bytes();
  } catch (error) {
    if (patience.signal.aborted) throw patience.signal.reason;
    throw networkFailure(error);
  } finally {
    patience.signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

const tooLarge = (bytes: number, most: number): Failure =>
  new Failure(`it has ${bytes} bytes, more than ${most} (limit_bytes)`);

/** Memory is taken once where the size is known. */
class Into {
  readonly #whole?: Uint8Array<ArrayBuffer>;
  readonly #chunks: Uint8Array[] = [];
  size = 0;

  constructor(
    readonly wanted: number,
    readonly most: number,
  ) {
    if (wanted !== Number.POSITIVE_INFINITY) this.#whole = new Uint8Array(wanted);
  }

  /** Whether nothing more is wanted. */
  add(chunk: Uint8Array): boolean {
    const taken = chunk.subarray(0, this.wanted - this.size);
    if (this.#whole) this.#whole.set(taken, this.size);
    else this.#chunks.push(taken);
    this.size += taken.length;
    if (this.size > this.most) throw tooLarge(this.size, this.most);
    return taken.length < chunk.length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    if (this.#whole) return this.size < this.wanted ? this.#whole.slice(0, this.size) : this.#whole;
    const all = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}
