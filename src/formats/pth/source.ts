import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that can be read at any place, so that a large file need not be held as a whole. */
export interface Source {
  readonly size: number;
  /** A copy of bytes [at, at + length), in a buffer of its own; fewer where the source ends. */
  read(at: number, length: number): Uint8Array<ArrayBuffer>;
}

export const bytesSource = (bytes: Uint8Array): Source => ({
  size: bytes.length,
  read: (at, length) => Uint8Array.from(bytes.subarray(at, at + length)),
});

/** Opens a file for the time of `use`. */
export function withFile<T>(file: string, use: (source: Source) => T): T {
  const descriptor = openSync(file, 'r');
  try {
    return use(fileSource(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function fileSource(descriptor: number): Source {
  const { size } = fstatSync(descriptor);
  return {
    size,
    read(at, length) {
      const wanted = Math.max(0, Math.min(length, size - at));
      const bytes = new Uint8Array(wanted);
      let done = 0;
      while (done < wanted) {
        const read = readSync(descriptor, bytes, done, wanted - done, at + done);
        if (read === 0) break;
        done += read;
      }
      return done === wanted ? bytes : bytes.slice(0, done);
    },
  };
}
