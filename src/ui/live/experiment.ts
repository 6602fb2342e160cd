import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { optionsOf } from './experiment-options.js';
import { LogReader } from './log-lines.js';
import { LogTail } from './log-tail.js';
import { photographsOf } from './photographs.js';
import { storedValidation } from './stored-validation.js';
import type { Phase } from './types.js';
import { Watched } from './watched.js';

/** A log that nobody has written to for so long belongs to a run that has ended. */
const QUIET_MS = 120_000;
const LOOK_EVERY_MS = 1_000;

/** An experiment on disk, of a run that has ended or goes on in another process. */
export class OpenExperiment {
  readonly watched: Watched;
  readonly #tail: LogTail;
  readonly #reader: LogReader;
  readonly #timer: NodeJS.Timeout;
  #looking?: Promise<void>;

  private constructor(
    readonly folder: string,
    options: Awaited<ReturnType<typeof optionsOf>>,
  ) {
    this.watched = new Watched({
      name: path.basename(folder),
      steered: false,
      trains: true,
      options: options.text,
    });
    this.#tail = new LogTail(folder);
    this.#reader = new LogReader(options.totalIter);
    this.#timer = setInterval(() => {
      // Nobody sees it: what is new can wait for the next page.
      if (this.watched.hub.pages > 0) this.look().catch(() => undefined);
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  static async open(folder: string): Promise<OpenExperiment> {
    const experiment = new OpenExperiment(folder, await optionsOf(folder));
    await experiment.look();
    return experiment;
  }

  /** Takes in what has changed since the last look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    clearInterval(this.#timer);
    this.watched.hub.close();
  }

  async #look(): Promise<void> {
    let validated = this.watched.state.photographs.length === 0;
    const tell = (messages: ReturnType<LogReader['line']>): void => {
      for (const message of messages) {
        this.watched.tell(message);
        validated ||= message.type === 'run' && message.event.type === 'validation';
      }
    };
    await this.#tail.read((line) => tell(this.#reader.line(line)));
    // The lines of a validation are written at once.
    tell(this.#reader.end());
    if (validated) await this.#pictures();
    const phase = await this.#phase();
    if (phase !== this.watched.state.phase) this.watched.tell({ type: 'phase', at: Date.now(), phase });
  }

  async #pictures(): Promise<void> {
    const photographs = await photographsOf(this.folder);
    if (photographs.length !== 0 || this.watched.state.photographs.length !== 0)
      this.watched.tell({ type: 'photographs', photographs });
    // More is known there than in the log: each photograph, and what bicubic interpolation makes of it.
    for (const { iter, results } of await storedValidation(this.folder)) {
      const known = this.watched.state.validation.find((one) => one.iter === iter);
      if (known?.results[0]?.name === 'mean') this.watched.tell({ type: 'measured', iter, results });
    }
  }

  async #phase(): Promise<Phase> {
    const { last } = this.watched.state;
    if (last && last.totalIter > 0 && last.iter >= last.totalIter) return 'ended';
    if (this.#reader.stopped) return 'stopped';
    const quiet = Date.now() - (await this.#tail.writtenAt());
    return quiet < QUIET_MS ? 'away' : 'stopped';
  }
}

/** Whether a folder is that of an experiment: it has a log of training, or weights. */
export async function isExperiment(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.some((name) => name === 'models' || /^train_.*\.log$/.test(name));
}
