import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { isTemporaryName, writeFileAtomic } from '../formats/atomic.js';

/** Bytes are counted anew when this part of the budget has been written. */
const RECOUNT = 1 / 64;
/** What is kept of the budget when it has to be cleared: room for what other processes write meanwhile. */
const KEPT = 15 / 16;
/** Milliseconds after which an unfinished file is the leftover of a process that has died. */
const LEFT_OVER = 3_600_000;

interface Kept {
  readonly file: string;
  readonly bytes: number;
  readonly used: number;
}

/**
 * A folder of objects that have been fetched, at most so many bytes of them; those that were not used for the longest
 * time go first. Files appear whole, several processes may share the folder, and nothing breaks when one of them
 * removes a file that another is about to read.
 */
export class DiskCache {
  /** Bytes written since they were counted, those on their way included. */
  #unseen = Number.POSITIVE_INFINITY;
  #onTheirWay = 0;
  #clearing?: Promise<void>;
  #broken = false;

  constructor(
    readonly folder: string,
    readonly maxBytes: number,
  ) {}

  /** What is kept under a key, if it is and has that size. */
  async get(key: string, bytes?: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = this.#fileOf(key);
    const kept = await readFile(file).catch(() => undefined);
    if (!kept || (bytes !== undefined && kept.length !== bytes)) return undefined;
    const now = new Date();
    await utimes(file, now, now).catch(() => {});
    // A copy only where the buffer shares its memory with others.
    return kept.byteLength === kept.buffer.byteLength
      ? new Uint8Array(kept.buffer as ArrayBuffer)
      : new Uint8Array(kept);
  }

  /** Keeps a copy. A disk that is full, or a folder that cannot be written to, costs time and nothing else. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (this.#broken || bytes.length > this.maxBytes / 2) return;
    this.#unseen += bytes.length;
    this.#onTheirWay += bytes.length;
    try {
      const file = this.#fileOf(key);
      await mkdir(path.dirname(file), { recursive: true });
      if (this.#unseen > this.maxBytes * RECOUNT) await this.#makeRoom();
      await writeFileAtomic(file, bytes, { fsync: false });
    } catch {
      this.#broken = true;
    } finally {
      this.#onTheirWay -= bytes.length;
    }
  }

  #fileOf(key: string): string {
    const name = createHash('sha256').update(key).digest('hex');
    return path.join(this.folder, name.slice(0, 2), name);
  }

  /** One clearing at a time. */
  #makeRoom(): Promise<void> {
    this.#clearing ??= this.#clear().finally(() => {
      this.#clearing = undefined;
    });
    return this.#clearing;
  }

  async #clear(): Promise<void> {
    this.#unseen = this.#onTheirWay;
    const most = this.maxBytes * KEPT - this.#onTheirWay;
    const kept = await this.#list();
    let held = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { file, bytes } of kept.sort((a, b) => a.used - b.used)) {
      if (held <= most) return;
      await rm(file, { force: true });
      held -= bytes;
    }
  }

  async #list(): Promise<Kept[]> {
    const found: Kept[] = [];
    for (const folder of await readdir(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await readdir(path.join(this.folder, folder)).catch(() => [])) {
        const file = path.join(this.folder, folder, name);
        const now = await stat(file).catch(() => undefined);
        if (!now) continue;
        if (!isTemporaryName(name)) found.push({ file, bytes: now.size, used: now.mtimeMs });
        else if (Date.now() - now.mtimeMs > LEFT_OVER) await rm(file, { force: true });
      }
    }
    return found;
  }
}
