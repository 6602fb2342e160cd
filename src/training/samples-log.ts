import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import type { Batch } from './batch.js';
import { asDiskError } from './disk.js';
import type { SampleLosses } from './step/step.js';

/** Lines that wait to be written together. */
const FLUSH = 512;

/**
 * The losses of every sample of every step that was applied: one line of JSON each, `iter`, `batch`, `epoch`, `id` and
 * the losses by their names in the log. With `epoch` and `id` it can be joined with the records of pairs.
 */
export class SamplesLog {
  readonly #file: string;
  readonly #handle: number;
  #lines: string[] = [];
  #open = true;

  /** @param after what a run that goes on has done: what an earlier one noted down of later iterations is void */
  constructor(file: string, after: number) {
    this.#file = file;
    this.#handle = openSync(file, after > 0 && existsSync(file) ? 'r+' : 'w+');
    ftruncateSync(this.#handle, lengthUpTo(this.#handle, after));
  }

  /** @param samples of each of the batches in turn */
  add(iter: number, batches: readonly Batch[], samples: readonly SampleLosses[]): void {
    for (const [i, { index, rows }] of batches.entries()) {
      const losses = Object.entries(samples[i] ?? {});
      if (losses.length === 0) continue;
      for (const [row, { epoch, id }] of rows.entries()) {
        // Nine digits are what a float32 holds.
        const values = losses.map(([name, values]) => [name, Number(values[row]!.toPrecision(9))]);
        this.#lines.push(JSON.stringify({ iter, batch: index, epoch, id, ...Object.fromEntries(values) }));
      }
    }
    if (this.#lines.length >= FLUSH) this.#flush();
  }

  /** Everything is on the disk afterwards: before a state is written that is behind it. */
  sync(): void {
    if (!this.#open) return;
    this.#flush();
    fsyncSync(this.#handle);
  }

  close(): void {
    try {
      this.sync();
    } finally {
      this.#open = false;
      closeSync(this.#handle);
    }
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
    try {
      let at = fstatSync(this.#handle).size;
      for (let done = 0; done < bytes.length; ) {
        const written = writeSync(this.#handle, bytes, done, bytes.length - done, at);
        done += written;
        at += written;
      }
    } catch (error) {
      throw asDiskError(error, this.#file, bytes.length);
    }
  }
}

/** More than a line has. */
const BLOCK = 2 ** 16;
const LINE_END = 10;

/**
 * Bytes of the lines up to an iteration; they are in order, and a line that was cut off does not count. Looks at a few
 * places of the file only, however long it is.
 */
function lengthUpTo(handle: number, iter: number): number {
  const { size } = fstatSync(handle);
  const block = Buffer.alloc(BLOCK);
  const read = (at: number): Buffer => block.subarray(0, readSync(handle, block, 0, BLOCK, at));
  // All lines before `kept` are to be kept; those that begin after `end`, but for the first, are not.
  let [kept, end] = [0, size];
  while (end - kept > BLOCK) {
    const middle = Math.floor((kept + end) / 2);
    const bytes = read(middle);
    const start = bytes.indexOf(LINE_END) + 1;
    const stop = bytes.indexOf(LINE_END, start) + 1;
    if (start > 0 && stop > 0 && iterOf(bytes.subarray(start, stop)) <= iter) kept = middle + stop;
    else end = middle;
  }
  for (;;) {
    const bytes = read(kept);
    const stop = bytes.indexOf(LINE_END) + 1;
    if (stop === 0 || iterOf(bytes.subarray(0, stop)) > iter) return kept;
    kept += stop;
  }
}

const iterOf = (line: Buffer): number => Number(/^\{"iter":(\d+),/.exec(line.toString('latin1'))?.[1]);
