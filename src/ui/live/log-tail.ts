import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const CHUNK = 1 << 20;

/** Reads the logs of an experiment in the order in which they were begun, and later what has been added to them. */
export class LogTail {
  readonly #offsets = new Map<string, number>();
  /** The beginning of a line whose end is not written yet; bytes, as a character may be cut too. */
  #rest = Buffer.alloc(0);

  constructor(readonly folder: string) {}

  /** When a log was last written to, in milliseconds since 1970; 0 when there is none. */
  async writtenAt(): Promise<number> {
    const times = await Promise.all((await this.#files()).map(async (file) => (await stat(file)).mtimeMs));
    return Math.max(0, ...times);
  }

  /** Calls back with every whole line that is new. */
  async read(line: (text: string) => void): Promise<void> {
    for (const file of await this.#files()) await this.#readFile(file, line);
  }

  async #files(): Promise<string[]> {
    const names = await readdir(this.folder).catch((): string[] => []);
    // Times are part of the names: train_<name>_<YYYYMMDD>_<HHMMSS>.log
    const logs = names.filter((name) => /^train_.*\.log$/.test(name));
    return logs
      .sort((a, b) => (a.slice(-19) < b.slice(-19) ? -1 : 1))
      .map((name) => path.join(this.folder, name));
  }

  async #readFile(file: string, line: (text: string) => void): Promise<void> {
    const handle = await open(file);
    try {
      for (;;) {
        const from = this.#offsets.get(file) ?? 0;
        if (from === 0) this.#rest = Buffer.alloc(0);
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, from);
        if (bytesRead === 0) return;
        this.#offsets.set(file, from + bytesRead);
        const text = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
        const end = text.lastIndexOf(10) + 1;
        this.#rest = text.subarray(end);
        for (const one of text.subarray(0, end).toString('utf8').split('\n')) if (one !== '') line(one);
      }
    } finally {
      await handle.close();
    }
  }
}
