import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from '../errors.js';

/** This program; with source maps, stacks name its sources, one or two folders above what was compiled. */
const ours = ['../', '../../src/', '../../../src/'].map((up) => fileURLToPath(new URL(up, import.meta.url)));

/** Ours, from which plug-ins are called: what lies beyond them in a stack is whoever uses the library. */
const callers = /\b(?:applyOperator|drawOperator|importDefault)\b/;

const frames = /^\s+at (?:(.*) \()?(\/.+|[A-Z]:.+|file:.+):(\d+):(\d+)\)?$/gm;

/** The line of a plug-in in which an error arose, also where it arose in something that the plug-in called. */
export function placeOf(error: unknown): Required<Place> | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const [, caller, written, line, column] of stack.matchAll(frames)) {
    const file = written.startsWith('file:') ? fileURLToPath(written) : written;
    if (ours.some((folder) => file.startsWith(folder))) {
      if (callers.test(caller)) return undefined;
    } else if (!file.includes(`${path.sep}node_modules${path.sep}`)) {
      return { file, line: Number(line), column: Number(column) };
    }
  }
  return undefined;
}

/** The same in words, to be put behind a message; nothing where it is not known. */
export function inWords(place: Place | undefined): string {
  return place ? ` (${place.file}:${place.line}:${place.column})` : '';
}
