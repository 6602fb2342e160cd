import { existsSync } from 'node:fs';
import path from 'node:path';
import { concatMap, defer, EMPTY, type OperatorFunction, of } from 'rxjs';
import { EsrganError } from '../../errors.js';
import type { Visit } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import { outputName } from './names.js';
import type { WriteOptions } from './options.js';

export const ALREADY_THERE = 'already there';

/**
 * Continues an output folder: takes away the windows whose files exist (files appear whole or not at all, so
 * an existing one is finished) and reports sources that are finished as skipped. `existing` is told how many
 * files each source had.
 *
 * @throws EsrganError `WRITE_COLLISION` (through the stream) when two sources would write the same file.
 */
export function skipWritten(
  options: WriteOptions,
  ctx: StageContext,
  existing: (files: number) => void,
): OperatorFunction<Visit, Visit> {
  return (visits) =>
    defer(() => {
      const owners = new Map<string, string>();
      return visits.pipe(
        concatMap((visit) => {
          const { source } = visit;
          const windows = visit.windows.filter((window) => {
            const name = outputName(source, window, options.format);
            claim(owners, name, source.path);
            return !existsSync(path.join(options.folder, name));
          });
          existing(visit.count - windows.length);
          if (windows.length > 0) return of({ ...visit, count: windows.length, windows });
          ctx.file({ path: source.path, outcome: 'skipped', reason: ALREADY_THERE, notes: source.notes });
          return EMPTY;
        }),
      );
    });
}

/** Throws what `skipWritten` would, where nothing is skipped. */
export function claimNames(visits: Iterable<Visit>, format: WriteOptions['format']): void {
  const owners = new Map<string, string>();
  for (const { source, windows } of visits)
    for (const window of windows) claim(owners, outputName(source, window, format), source.path);
}

const marked = /x[2348]/;
const deleted = ' In names of crops x2, x3, x4 and x8 are deleted, as in the original.';

function claim(owners: Map<string, string>, name: string, owner: string): void {
  const other = owners.get(name) ?? owner;
  if (other !== owner) {
    throw new EsrganError('WRITE_COLLISION', `${other} and ${owner} would both write ${name}`, {
      place: { file: owner },
      remedy: `Rename one of them, or exclude it.${marked.test(other + owner) ? deleted : ''}`,
    });
  }
  owners.set(name, owner);
}
