import { createHash } from 'node:crypto';
import { type Pack, pack } from 'tar-stream';
import { writeFileAtomic } from '../atomic.js';

/** Pieces are gathered to this size before they go to the disk. */
const PIECE = 2 ** 20;

const EPOCH = new Date(0);

export interface WrittenFile {
  readonly bytes: number;
  /** Of the whole file, as hex digits. */
  readonly sha256: string;
}

/**
 * Puts a file into a tar with the owner, time and mode that all of ours have, so that the bytes of a tar depend on
 * the names and contents of its members only. Resolves when there is room for the next one.
 */
export function addMember(tar: Pack, name: string, data: Uint8Array): Promise<void> {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const header = { name, type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: EPOCH } as const;
  return new Promise((resolve, reject) => {
    tar.entry(header, bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** A POSIX (ustar) tar on its way to the disk; it appears whole with `finish`, or not at all. */
export class TarFile {
  readonly #tar = pack();
  readonly #hash = createHash('sha256');
  readonly #written: Promise<void>;
  #bytes = 0;
  #failure?: Error;

  /** The folder of `file` must exist. */
  constructor(readonly file: string) {
    this.#written = writeFileAtomic(file, this.#pieces());
    // Whoever adds or finishes sees a failure.
    this.#tar.on('error', () => {});
    this.#written.catch((error: Error) => this.#destroy(error));
  }

  /** Members of a sample must follow one another. */
  async add(name: string, data: Uint8Array): Promise<void> {
    await addMember(this.#tar, name, data);
  }

  async finish(): Promise<WrittenFile> {
    this.#tar.finalize();
    await this.#written;
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    this.#destroy(new Error('discarded'));
    await this.#written.catch(() => {});
  }

  #destroy(error: Error): void {
    this.#failure ??= error;
    this.#tar.destroy(error);
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void, void> {
    // Nothing would end a stream that was over before it was read.
    if (this.#failure) throw this.#failure;
    let held: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#tar as AsyncIterable<Uint8Array>) {
      held.push(chunk);
      size += chunk.length;
      if (size < PIECE) continue;
      yield this.#count(Buffer.concat(held));
      held = [];
      size = 0;
    }
    yield this.#count(Buffer.concat(held));
  }

  #count(piece: Uint8Array): Uint8Array {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    return piece;
  }
}
