import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError, type Place } from '../errors.js';
import { packageRoot } from './package-root.js';
import { closest } from './suggest.js';

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  EISDIR: ['is a folder', 'Name a file in it.'],
  ERR_ENCODING_INVALID_ENCODED_DATA: ['is not UTF-8 text', 'Save it as UTF-8.'],
};

/**
 * Reads a text file.
 *
 * @throws EsrganError FILE_NOT_FOUND, with the name that was likely meant; FILE_UNREADABLE
 */
export async function readText(file: string, asked: Place = { file }): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw await notFound(file, asked);
    const [why, remedy] = reasons[String(code)] ?? [
      `cannot be read (${String(code ?? cause)})`,
      'Check that you may read it.',
    ];
    throw new EsrganError('FILE_UNREADABLE', `${file} ${why}`, { place: asked, remedy, cause });
  }
}

async function notFound(file: string, place: Place): Promise<EsrganError> {
  return new EsrganError('FILE_NOT_FOUND', `there is no file ${file}`, { place, remedy: await meant(file) });
}

async function meant(file: string): Promise<string> {
  const folder = path.dirname(file);
  const names = existsSync(folder) ? await readdir(folder) : [];
  const near = closest(path.basename(file), names);
  if (near !== undefined) return `Did you mean ${path.join(folder, near)}?`;
  const shipped = path.join(packageRoot, file);
  return existsSync(shipped) ? `The one that comes with esrgan is ${shipped}.` : 'Check the path.';
}
