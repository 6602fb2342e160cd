import { suggestion } from '../config/suggest.js';
import { EsrganError } from '../errors.js';
import type { Part } from '../plan/part.js';

/** How the pictures of a pair are written: their bytes as NumPy arrays, or PNG. */
export type Encoding = 'npy' | 'png';

/** What a reader asks for. */
export interface Reading {
  readonly epoch: number;
  /** Epochs from `epoch` on; `Infinity` without an end. */
  readonly epochs: number;
  /** The first planned position that is wanted, counted from the beginning of `epoch`. */
  readonly from: number;
  readonly part: Part;
  readonly encode: Encoding;
}

const most = 2 ** 31;
const known = ['rank', 'world', 'worker', 'workers', 'batch', 'from', 'epochs', 'encode'];

/**
 * Reads `/epoch/0?rank=3&world=8&worker=0&workers=2&from=1200&epochs=2&encode=png`.
 *
 * @throws EsrganError `REQUEST` for what is unknown, given twice, no whole number, or out of range
 */
export function parseReading(epoch: string, query: URLSearchParams): Reading {
  for (const name of query.keys()) {
    if (!known.includes(name))
      throw wrong(`there is no parameter ${name}${suggestion(name, known)}`, `Use ${known.join(', ')}.`);
    if (query.getAll(name).length > 1) throw wrong(`${name} is given twice`, 'Give it once.');
  }
  const whole = (name: string, value: string | null, otherwise: number, from: number): number => {
    if (value === null) return otherwise;
    const number = Number(value);
    if (!/^\d{1,10}$/.test(value) || number < from || number > most)
      throw wrong(`${name} is no whole number from ${from} to ${most}`, `Write ${name}=${otherwise}.`);
    return number;
  };
  const ask = (name: string, otherwise: number, from = 0): number =>
    whole(name, query.get(name), otherwise, from);
  const part = {
    rank: ask('rank', 0),
    world: ask('world', 1, 1),
    worker: ask('worker', 0),
    workers: ask('workers', 1, 1),
    batch: ask('batch', 1, 1),
  };
  within('rank', part.rank, 'world', part.world);
  within('worker', part.worker, 'workers', part.workers);
  const endless = query.get('epochs') === 'endless';
  return {
    epoch: whole('epoch', epoch, 0, 0),
    epochs: endless ? Number.POSITIVE_INFINITY : ask('epochs', 1, 1),
    from: ask('from', 0),
    part,
    encode: encoding(query.get('encode') ?? 'npy'),
  };
}

function within(name: string, value: number, count: string, of: number): void {
  if (value < of) return;
  const last = of === 1 ? `only ${name} 0` : `${name} 0 to ${of - 1}`;
  throw wrong(
    `there is no ${name} ${value} where ${count} is ${of}`,
    `With ${count}=${of} there is ${last}.`,
  );
}

function encoding(value: string): Encoding {
  if (value === 'npy' || value === 'png') return value;
  throw wrong('encode is neither npy nor png', 'Write encode=npy or encode=png.');
}

export const wrong = (message: string, remedy: string): EsrganError =>
  new EsrganError('REQUEST', message, { remedy });
