import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent, ValidationResult } from '../../events.js';
import { meansOf } from '../best.js';
import { type Experiment, timeStamp } from '../experiment.js';
import { logLine } from './line.js';

/** The log of a run: `train_<name>_<time>.log` in the experiment's folder, every line on disk at once. */
export class LogFile {
  readonly file: string;
  readonly #name: string;

  constructor({ root, name }: Experiment, started: Date) {
    this.file = path.join(root, `train_${name}_${timeStamp(started)}.log`);
    this.#name = name;
  }

  event(event: RunEvent): void {
    if (event.type === 'warning') this.#write('WARNING', event.message);
    else {
      const text = textOf(this.#name, event);
      if (text !== undefined) this.info(text);
    }
  }

  info(message: string): void {
    this.#write('INFO', message);
  }

  /** The last line of a run that ends before its time: who reads the log need not wait for more. */
  stopped(iter: number): void {
    this.info(`Stopped at iteration ${iter}`);
  }

  #write(level: 'INFO' | 'WARNING', message: string): void {
    appendFileSync(this.file, `${asctime(new Date())} ${level}: ${message}\n`);
  }
}

function textOf(name: string, event: RunEvent): string | undefined {
  switch (event.type) {
    case 'engine':
      return `Engine: ${event.engine}, ${event.reason}`;
    case 'iter':
      return logLine(name, event);
    case 'saved':
      return `Saved ${event.what}: ${event.path}`;
    case 'validation':
      return validationText(event.iter, event.results);
    default:
      return undefined;
  }
}

/** The means over the photographs, in the form of BasicSR's validation log. */
function validationText(iter: number, results: readonly ValidationResult[]): string {
  const lines = Object.entries(meansOf(results)).map(([name, mean]) => `\t # ${name}: ${mean.toFixed(4)}`);
  return [`Validation at iteration ${iter}, means over ${results.length} photographs`, ...lines].join('\n');
}

/** Local time as Python's logging writes it: `2026-11-25 02:41:00,123`. */
function asctime(now: Date): string {
  const two = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  return `${day} ${time},${two(now.getMilliseconds(), 3)}`;
}
