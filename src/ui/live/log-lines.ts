import type { RunEvent } from '../../events.js';
import type { LiveMessage } from './types.js';

/** A line of Python's logging and of ours: `2026-11-25 02:41:00,123 INFO: message` */
const entry = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) (INFO|WARNING|ERROR): ?(.*)$/;
const step =
  /\[epoch: *([\d,]+), iter: *([\d,]+), lr:\(([^)]*)\)\] *(?:\[eta: ([^\]]*?), time \(data\): ([\d.]+) \(([\d.]+)\)\])?(.*)$/;
const value = /([\w/]+): (-?(?:[\d.]+(?:e[+-]?\d+)?|nan|inf))/gi;

/**
 * Reads the log of an experiment, ours or BasicSR's, line by line. What it says in several lines, as a validation, is told
 * when the next entry begins, or at `end`.
 */
export class LogReader {
  #at = 0;
  #validation?: { iter: number; readonly values: Map<string, number> };
  #iter = 0;
  #stopped = false;

  constructor(readonly totalIter: number) {}

  line(text: string): LiveMessage[] {
    const [, date, ms, level, message = ''] = entry.exec(text) ?? [];
    if (date === undefined) {
      this.#metric(text);
      return [];
    }
    const before = this.end();
    this.#at = Date.parse(date.replace(' ', 'T')) + Number(ms);
    this.#stopped = /^Stopped at iteration \d+$/.test(message);
    const event = this.#event(level === 'WARNING', message);
    return event ? [...before, { type: 'run', at: this.#at, event }] : before;
  }

  /** Whether the run has said that it ends before its time. BasicSR's do not. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** What is still to be told. */
  end(): LiveMessage[] {
    const validation = this.#validation;
    this.#validation = undefined;
    if (!validation || validation.values.size === 0) return [];
    const { psnr = Number.NaN, ...metrics } = Object.fromEntries(validation.values);
    const results = [{ name: 'mean', psnr, psnrBicubic: Number.NaN, metrics }];
    return [{ type: 'run', at: this.#at, event: { type: 'validation', iter: validation.iter, results } }];
  }

  #event(warning: boolean, message: string): RunEvent | undefined {
    if (warning) return { type: 'warning', message };
    const validated = /^Validation(?: at iteration (\d+)| )/.exec(message);
    if (validated) {
      this.#validation = { iter: Number(validated[1] ?? this.#iter), values: new Map() };
      return undefined;
    }
    const [, engine, reason = ''] = /^Engine: ([\w-]+), (.*)$/.exec(message) ?? [];
    if (engine !== undefined) return { type: 'engine', engine, reason };
    const [, what, path = ''] = /^Saved (checkpoint|picture): (.*)$/.exec(message) ?? [];
    if (what === 'checkpoint' || what === 'picture') return { type: 'saved', what, path };
    return this.#step(message);
  }

  #step(message: string): RunEvent | undefined {
    const found = step.exec(message);
    if (!found) return undefined;
    const [, epoch = '', iter = '', rates = '', eta = '', time = 'NaN', data = 'NaN', rest = ''] = found;
    const whole = (text: string): number => Number(text.replaceAll(',', ''));
    const lrs = rates.split(',').filter(Boolean).map(Number);
    this.#iter = whole(iter);
    const losses = [...rest.matchAll(value)].map(([, name, number]) => [name, Number(number)] as const);
    return {
      type: 'iter',
      epoch: whole(epoch),
      iter: this.#iter,
      totalIter: this.totalIter,
      lr: lrs[0] ?? Number.NaN,
      lrs,
      losses: Object.fromEntries(losses),
      time: Number(time),
      timeData: Number(data),
      eta: seconds(eta),
    };
  }

  /** `\t # psnr: 25.1234` and BasicSR's `\t # psnr: 25.1234\tBest: ...` */
  #metric(text: string): void {
    const [, name, number] = /^\s*# (\w+): (-?[\d.]+|inf)/.exec(text) ?? [];
    if (name !== undefined) this.#validation?.values.set(name, Number(number));
  }
}

/** Python's str(timedelta) in seconds: `5 days, 10:47:47` */
function seconds(text: string): number {
  const [, days = '0', h, m, s] = /^(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)/.exec(text) ?? [];
  return h === undefined ? Number.NaN : Number(days) * 86_400 + Number(h) * 3600 + Number(m) * 60 + Number(s);
}
