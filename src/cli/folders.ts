import { existsSync, readdirSync, statSync } from 'node:fs';
import { EsrganError } from '../errors.js';

/** Folders as users write them after an option: `a, b` and `a b` are the same. */
export const withoutCommas = (folders: readonly string[]): string[] =>
  folders.map(withoutComma).filter((folder) => folder !== '');

/** A folder without the comma after it, unless the comma belongs to its name. */
export const withoutComma = (folder: string): string =>
  folder.endsWith(',') && !existsSync(folder) ? folder.slice(0, -1) : folder;

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

/** A glob of the files directly in a folder; hidden ones are left out. */
export const allFiles = '[!.]*';

/**
 * Checks that a folder exists and holds something that is not hidden.
 *
 * @throws EsrganError FOLDER_NOT_FOUND, NO_IMAGES
 */
export function mustHoldFiles(folder: string, option: string): void {
  mustBeFolder(folder, option);
  if (readdirSync(folder).some((name) => !name.startsWith('.'))) return;
  throw new EsrganError('NO_IMAGES', `the folder ${folder} is empty`, {
    place: { file: `${option} ${folder}` },
    remedy: 'Put photographs there, or name another folder.',
  });
}
