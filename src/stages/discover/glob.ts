import fs, { type Dirent, type Stats } from 'node:fs';
import fastGlob from 'fast-glob';
import { describeFileError } from '../../images/diagnose.js';
import { leadsBack } from './links.js';
import type { Entry, WalkOptions } from './walk.js';

/**
 * Everything in `folder` that matches a fast-glob pattern, hidden files included, what hidden folders contain
 * excluded unless the pattern names one. Links are treated as in `walk`.
 */
export async function glob(folder: string, pattern: string, options: WalkOptions): Promise<Entry[]> {
  const entries = await fastGlob(pattern, {
    cwd: folder,
    dot: true,
    ignore: namesHidden(pattern) ? [] : ['**/.*/*'],
    onlyFiles: false,
    objectMode: true,
    fs: { readdir: tolerantReaddir(options), stat: statWithoutLoops },
  });
  return entries.map((entry) => ({ relative: entry.path, folder: entry.dirent.isDirectory() }));
}

/** Whether a pattern asks for hidden names itself, as in `.cache/*.png`. */
export function namesHidden(pattern: string): boolean {
  return /(^|[/{,(|])\.(?!\.?(\/|$))/.test(pattern);
}

type Callback<T> = (error: NodeJS.ErrnoException | null, result: T) => void;

function tolerantReaddir({ onUnreadable }: WalkOptions) {
  function readdir(folder: string, settings: { withFileTypes: true }, callback: Callback<Dirent[]>): void;
  function readdir(folder: string, callback: Callback<string[]>): void;
  function readdir(
    folder: string,
    settings: { withFileTypes: true } | Callback<string[]>,
    callback?: Callback<Dirent[]>,
  ): void {
    if (typeof settings === 'function') fs.readdir(folder, settings);
    else
      fs.readdir(folder, settings, (error, entries) => {
        if (error) onUnreadable(folder, describeFileError(error));
        callback?.(null, error ? [] : entries);
      });
  }
  return readdir;
}

/** Called for links only; failing makes fast-glob treat one as a plain entry. */
function statWithoutLoops(link: string, callback: Callback<Stats>): void {
  fs.stat(link, (error, stats) => {
    if (error || !stats.isDirectory()) return callback(error, stats);
    leadsBack(link).then(
      (loop) => callback(loop ? Object.assign(new Error(`${link}: loop`), { code: 'ELOOP' }) : null, stats),
      (cause) => callback(cause, stats),
    );
  });
}
