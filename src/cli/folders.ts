import { existsSync, statSync } from 'node:fs';
import fastGlob from 'fast-glob';
import { EsrganError } from '../errors.js';

/** Folders as users write them after an option: `a, b` and `a b` are the same. */
export function withoutCommas(folders: readonly string[]): string[] {
  return folders
    .map((folder) => (folder.endsWith(',') && !existsSync(folder) ? folder.slice(0, -1) : folder))
    .filter((folder) => folder !== '');
}

/**
 * Checks that a folder exists.
 *
 * @throws EsrganError FOLDER_NOT_FOUND
 */
export function mustBeFolder(folder: string, option: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return;
  const what = stats ? `${folder} is not a folder` : `there is no folder ${folder}`;
  throw new EsrganError('FOLDER_NOT_FOUND', what, {
    place: { file: `${option} ${folder}` },
    remedy: 'Name the folder that holds the photographs.',
  });
}

/** A glob of the files directly in a folder, whatever characters its name has; hidden files are left out. */
export const filesIn = (folder: string): string =>
  `${fastGlob.escapePath(folder.replace(/\/+$/, '') || '/')}/[!.]*`;
