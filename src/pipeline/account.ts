import type { FileOutcome, RunEvent } from '../events.js';
import type { Visit } from '../plan/types.js';
import type { StageContext } from '../stages/context.js';
import { Crop, type MissingSample } from '../stages/decode/crop.js';

interface Planned {
  readonly notes: string[];
  crops: number;
  delivered: boolean;
}

/**
 * Books every input file exactly once as used, skipped or failed, so that the counts add up whatever
 * happens. Serves the stages of a run as their context.
 */
export class Account implements StageContext {
  readonly #settled = new Map<string, FileOutcome>();
  readonly #planned = new Map<string, Planned>();
  readonly #notes = new Map<string, string[]>();
  /** Crops handed on, in all epochs. */
  crops = 0;
  /** Output files that an earlier run has written. */
  existing = 0;

  constructor(
    readonly signal: AbortSignal,
    readonly emit: (event: RunEvent) => void,
  ) {}

  /** A file is settled once; what is said of it later adds nothing. */
  file(outcome: Omit<FileOutcome, 'crops'>): void {
    if (this.#settled.has(outcome.path)) return;
    const notes = [...outcome.notes, ...(this.#notes.get(outcome.path) ?? [])];
    const settled = { ...outcome, notes, crops: 0 };
    this.#settled.set(outcome.path, settled);
    this.emit({ type: 'file', ...settled });
  }

  /** Files that were skipped or have failed so far. */
  get unused(): number {
    return this.#settled.size;
  }

  note(path: string, note: string): void {
    const notes = this.#notes.get(path) ?? [];
    if (!notes.includes(note)) this.#notes.set(path, [...notes, note]);
  }

  warn(message: string, file?: string): void {
    this.emit({ type: 'warning', message, file });
  }

  /** A source from which crops will be taken. */
  planned({ source, count }: Visit): void {
    this.#planned.set(source.path, { notes: [...source.notes], crops: count, delivered: false });
  }

  delivered(crop: Crop | MissingSample): void {
    if (!(crop instanceof Crop)) return;
    this.crops++;
    const planned = this.#planned.get(crop.sample.source.path);
    if (planned) planned.delivered = true;
  }

  /**
   * All files, once the stream has ended; emits those that were used. Of the others it says why they were `unreached`; with
   * an empty reason they are left out.
   */
  close(unreached = 'not reached before the run ended'): FileOutcome[] {
    for (const [path, { notes, crops, delivered }] of this.#planned) {
      if (this.#settled.has(path)) continue;
      if (!delivered && unreached === '') continue;
      const all = [...notes, ...(this.#notes.get(path) ?? [])];
      const outcome: FileOutcome = delivered
        ? { path, outcome: 'used', notes: all, crops }
        : { path, outcome: 'skipped', reason: unreached, notes: all, crops: 0 };
      this.#settled.set(path, outcome);
      this.emit({ type: 'file', ...outcome });
    }
    return [...this.#settled.values()];
  }
}
