import { access } from 'node:fs/promises';
import path from 'node:path';
import { checkAddress, isRemote, joinAddress } from '../../remote/index.js';
import type { SourceOptions } from './options.js';

/** The absolute path or the address of the lq of a gt, by the path of the gt in its folder, or by the name in a list. */
export type LqFinder = (gt: string, listed?: string) => Promise<string>;

const extensions = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff'];

/** Finds the lq pictures of `dataroot_lq`: of the same name as gt, after `filename_tmpl`, with any usual extension. */
export function lqFinder(
  { dataroot_lq = '.', filename_tmpl }: Pick<SourceOptions, 'dataroot_lq' | 'filename_tmpl'>,
  baseFolder: string,
): LqFinder {
  const named = (name: string): string => filename_tmpl.replace('{}', () => name);
  if (isRemote(dataroot_lq)) {
    const root = checkAddress(dataroot_lq);
    // A server is not asked for every extension that it might have.
    return async (gt, listed) => {
      if (listed !== undefined && isRemote(listed)) return checkAddress(listed);
      const { dir, name, ext } = path.posix.parse(gt);
      return joinAddress(root, listed ?? path.posix.join(dir, named(name) + ext));
    };
  }
  const root = path.resolve(baseFolder, dataroot_lq);
  return async (gt, listed) => {
    if (listed !== undefined) return path.resolve(root, listed);
    const { dir, name, ext } = path.parse(gt);
    const stem = path.resolve(root, dir, named(name));
    for (const extension of [ext, ...extensions]) if (await exists(stem + extension)) return stem + extension;
    return stem + ext;
  };
}

/** What stands behind the gt in a line `gt, lq`. */
export function pairedName(line: string, gt: string): string | undefined {
  const rest = /^\s*,\s*(.+?)\s*$/s.exec(line.trim().slice(gt.length));
  return rest?.[1];
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
