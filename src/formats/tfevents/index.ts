import { closeSync, fdatasyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { type Event, encodeEvent, type ImageSummary, type ScalarSummary } from './event.js';
import { frameRecord } from './record.js';

export { type Event, encodeEvent, type ImageSummary, type ScalarSummary } from './event.js';
export { crc32c, frameRecord } from './record.js';

export interface EventsOptions {
  /** The step from which a resumed run goes on: TensorBoard drops what earlier files say of later steps. */
  readonly from?: number;
  /** Seconds since 1970; the clock's by default. */
  readonly now?: () => number;
}

/**
 * Writes a TensorBoard event file, `events.out.tfevents.<time>.<host>.<pid>`, into a folder that is made when
 * it is missing. Each call appends one record, so that TensorBoard sees it at once and a kill costs at most the
 * record being written, which its reader passes over.
 */
export class EventWriter {
  readonly file: string;
  readonly #descriptor: number;
  readonly #now: () => number;

  constructor(folder: string, { from, now = () => Date.now() / 1000 }: EventsOptions = {}) {
    mkdirSync(folder, { recursive: true });
    this.#now = now;
    const time = String(Math.floor(now())).padStart(10, '0');
    this.file = path.join(folder, `events.out.tfevents.${time}.${hostname()}.${process.pid}`);
    this.#descriptor = openSync(this.file, 'a');
    this.#append({ fileVersion: 'brain.Event:2' });
    if (from !== undefined) this.#append({ step: from, start: true });
  }

  /** Numbers of a step by their tags, e.g. `losses/l_g_pix`. */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    const summaries: ScalarSummary[] = Object.entries(values).map(([tag, value]) => ({ tag, value }));
    if (summaries.length > 0) this.#append({ step, summaries });
  }

  image(step: number, image: ImageSummary): void {
    this.#append({ step, summaries: [image] });
  }

  /** Waits until the records are on the disk. */
  sync(): void {
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(event: Omit<Event, 'time'>): void {
    const bytes = frameRecord(encodeEvent({ time: this.#now(), ...event }));
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
  }
}
