import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { describeFileError } from '../../images/diagnose.js';
import { leadsBack } from './links.js';

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
 * Everything below a folder, folders themselves included. Hidden folders are listed and not entered; links to
 * folders are followed unless they lead back; links that lead nowhere are listed as files.
 */
export async function walk(root: string, options: WalkOptions): Promise<Entry[]> {
  const found: Entry[] = [];
  const waiting = [''];
  for (let relative = waiting.pop(); relative !== undefined; relative = waiting.pop()) {
    const folder = path.join(root, relative);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      options.onUnreadable(folder, describeFileError(error));
      return [];
    });
    for (const entry of entries) {
      const inner = path.posix.join(relative, entry.name);
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && (await linksToFolder(path.join(root, inner))));
      found.push({ relative: inner, folder: isFolder });
      if (isFolder && !entry.name.startsWith('.')) waiting.push(inner);
    }
  }
  return found;
}

async function linksToFolder(link: string): Promise<boolean> {
  const target = await stat(link).catch(() => undefined);
  return target?.isDirectory() === true && !(await leadsBack(link));
}
