import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FileOutcome } from '../../src/events.js';
import type { Pixels } from '../../src/images/pixels.js';
import { probe } from '../../src/images/probe.js';
import { type ReadOptions, readPixels } from '../../src/images/read.js';
import { pack } from '../../src/images/view.js';
import type { Source } from '../../src/plan/types.js';
import type { StageContext } from '../../src/stages/context.js';

export const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

/** sha256 of the raw bytes, row by row, as the reference data states it. */
export const hash = (pixels: Pixels): string => createHash('sha256').update(pack(pixels).data).digest('hex');

export async function sourceOf(file: string, options: ReadOptions = {}): Promise<Source> {
  const header = await probe(file, options);
  if (!header.ok) throw new Error(`${file}: ${header.reason}`);
  const { width, height, format, channels, notes } = header;
  return { id: file, path: file, width, height, format, channels, notes };
}

export const read = async (file: string, options: ReadOptions = {}): Promise<Pixels> =>
  readPixels(await sourceOf(file, options), options);

export interface Recorder extends StageContext {
  readonly outcomes: Omit<FileOutcome, 'crops'>[];
  readonly notes: string[];
  readonly warnings: string[];
  readonly controller: AbortController;
}

/** A stage context that remembers everything it is told. */
export function recorder(): Recorder {
  const controller = new AbortController();
  const outcomes: Omit<FileOutcome, 'crops'>[] = [];
  const notes: string[] = [];
  const warnings: string[] = [];
  return {
    controller,
    signal: controller.signal,
    outcomes,
    notes,
    warnings,
    file: (outcome) => outcomes.push(outcome),
    note: (_path, note) => notes.push(note),
    warn: (message) => warnings.push(message),
  };
}

/** Mean absolute difference, and PSNR in dB, over all values of two images of the same size. */
export function difference(a: Pixels, b: Pixels): { mean: number; max: number; psnr: number } {
  let sum = 0;
  let squares = 0;
  let max = 0;
  for (let i = 0; i < a.data.length; i++) {
    const d = Math.abs(a.data[i] - b.data[i]);
    sum += d;
    squares += d * d;
    max = Math.max(max, d);
  }
  const psnr = squares === 0 ? Infinity : 10 * Math.log10((255 * 255 * a.data.length) / squares);
  return { mean: sum / a.data.length, max, psnr };
}
