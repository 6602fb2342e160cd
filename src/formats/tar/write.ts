import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { writeFileAtomic } from '../atomic.js';
import { endOfTar, tarMember } from './ustar.js';

/** Pieces are gathered to this size before they go to the disk. */
const PIECE = 2 ** 20;

export interface WrittenFile {
  readonly bytes: number;
  /** Of the whole file, as hex digits. */
  readonly sha256: string;
}

/** A POSIX (ustar) tar on its way to the disk; it appears whole with `finish`, or not at all. */
export class TarFile {
  readonly #tar = new PassThrough();
  readonly #hash = createHash('sha256');
  readonly #written: Promise<void>;
  #bytes = 0;
  #failure?: Error;
  /** A stream that is destroyed in the middle of a write does not call back. */
  #interrupt?: (error: Error) => void;

  /** The folder of `file` must exist. */
  constructor(readonly file: string) {
    this.#written = writeFileAtomic(file, this.#pieces());
    // Whoever adds or finishes sees a failure.
    this.#tar.on('error', () => {});
    this.#written.catch((error: Error) => this.#destroy(error));
  }

  /** Members of a sample must follow one another. Resolves when there is room for the next one. */
  add(name: string, data: Uint8Array): Promise<void> {
    const pieces = tarMember(name, [data]);
    const last = pieces.pop();
    for (const piece of pieces) this.#tar.write(piece);
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      this.#tar.write(last, (error) => (error ? reject(this.#failure ?? error) : resolve()));
    });
  }

  async finish(): Promise<WrittenFile> {
    this.#tar.end(endOfTar);
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
    this.#interrupt?.(this.#failure);
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
