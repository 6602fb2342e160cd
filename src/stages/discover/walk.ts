import fs, { type Dirent, type Stats } from 'node:fs';
import path from 'node:path';
import glob from 'fast-glob';
import { describeFileError } from '../../images/diagnose.js';

export interface Entry {
  /** Relative to the folder walked, with forward slashes. */
  readonly relative: string;
  readonly folder: boolean;
}

export interface WalkOptions {
  /** Called for a folder that cannot be listed; the walk goes on without it. */
  readonly onUnreadable: (folder: string, reason: string) => void;
}

/**
 * Everything in `folder` that matches a fast-glob pattern, hidden files included, what hidden folders contain
 * excluded unless the pattern names one. Links to folders are followed, but not back into a folder that
 * the path has come through; links that lead nowhere are listed as they are.
 */
export async function walk(folder: string, pattern: string, options: WalkOptions): Promise<Entry[]> {
  const entries = await glob(pattern, {
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

/** The walker calls it for links only; failing makes it treat one as a plain entry. */
function statWithoutLoops(link: string, callback: Callback<Stats>): void {
  fs.stat(link, (error, stats) => {
    if (error || !stats.isDirectory()) return callback(error, stats);
    leadsBack(link).then(
      (loop) => callback(loop ? Object.assign(new Error(`${link}: loop`), { code: 'ELOOP' }) : null, stats),
      (cause) => callback(cause, stats),
    );
  });
}

async function leadsBack(link: string): Promise<boolean> {
  const target = await fs.promises.realpath(link);
  for (let folder = path.dirname(link); ; folder = path.dirname(folder)) {
    const real = await fs.promises.realpath(folder);
    if (real === target || real.startsWith(target + path.sep)) return true;
    if (folder === path.dirname(folder)) return false;
  }
}
