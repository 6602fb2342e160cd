import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { glob, namesHidden } from './glob.js';
import { compareCodePoints } from './order.js';
import { walk } from './walk.js';

/** Something a pattern has found. */
export interface Match {
  /** Absolute. */
  readonly path: string;
  /** The folder that `relative` starts from, absolute. */
  readonly root: string;
  readonly relative: string;
  readonly folder: boolean;
  /** A hidden file or folder that the pattern did not ask for by name. */
  readonly hidden: boolean;
}

export interface MatchOptions {
  /** What patterns are relative to. */
  readonly baseFolder: string;
  readonly warn: (message: string, file?: string) => void;
}

/**
 * What a folder (everything below it), a file, or a glob stands for, by code point of the relative path.
 * A name that exists is taken literally, whatever characters it has.
 *
 * @throws EsrganError `NO_IMAGES` when there is no such thing.
 */
export async function match(pattern: string, options: MatchOptions): Promise<Match[]> {
  const literal = path.resolve(options.baseFolder, pattern);
  const kind = await kindOf(literal);
  if (kind === 'folder') return expand(pattern, literal, undefined, options);
  if (kind === 'file') {
    const root = path.dirname(literal);
    return [{ path: literal, root, relative: path.basename(literal), folder: false, hidden: false }];
  }
  const { folder, rest } = splitGlob(pattern);
  if (rest === '')
    throw noImages(
      `there is no file or folder ${pattern}`,
      literal,
      'Correct the path; globs such as folder/**/*.png work too.',
    );
  const root = path.resolve(options.baseFolder, folder);
  if ((await kindOf(root)) !== 'folder')
    throw noImages(
      `the folder ${folder} does not exist (wanted for ${pattern})`,
      root,
      'Correct the path, or put the photographs there.',
    );
  return expand(pattern, root, rest, options);
}

async function expand(
  pattern: string,
  root: string,
  rest: string | undefined,
  { warn }: MatchOptions,
): Promise<Match[]> {
  const onUnreadable = (folder: string, reason: string): void =>
    warn(`a folder cannot be listed: ${reason}`, folder);
  const entries = await (rest === undefined
    ? walk(root, { onUnreadable })
    : glob(root, rest, { onUnreadable }));
  const found = entries.map(({ relative, folder }) => ({
    path: path.join(root, relative),
    root,
    relative,
    folder,
    hidden: path.posix.basename(relative).startsWith('.') && !(rest && namesHidden(rest)),
  }));
  if (!found.some((m) => !m.folder && !m.hidden)) throw nothingFound(pattern, root, rest, found.length > 0);
  return found.sort((a, b) => compareCodePoints(a.relative, b.relative));
}

function nothingFound(
  pattern: string,
  root: string,
  rest: string | undefined,
  folders: boolean,
): EsrganError {
  if (rest === undefined)
    return noImages(`the folder ${pattern} is empty`, root, 'Put photographs there, or name another folder.');
  const remedy = folders
    ? 'It matches folders only: add /** to read what they contain.'
    : 'Check the spelling and the extension; *.png does not find .PNG or .jpg.';
  return noImages(`no file matches ${pattern}`, root, remedy);
}

const noImages = (message: string, file: string, remedy: string): EsrganError =>
  new EsrganError('NO_IMAGES', message, { place: { file }, remedy });

async function kindOf(file: string): Promise<'folder' | 'file' | undefined> {
  try {
    return (await stat(file)).isDirectory() ? 'folder' : 'file';
  } catch {
    // A link that leads nowhere is there all the same, and is reported as such later.
    return lstat(file).then(
      () => 'file' as const,
      () => undefined,
    );
  }
}

/** The leading folders of a pattern that have no glob characters, and what follows; '' when nothing has any. */
function splitGlob(pattern: string): { folder: string; rest: string } {
  const first = pattern.search(/[*?[\]{}()!+@\\]/);
  if (first < 0) return { folder: pattern, rest: '' };
  const slash = pattern.lastIndexOf('/', first);
  return {
    folder: pattern.slice(0, Math.max(slash, slash === 0 ? 1 : 0)) || '.',
    rest: pattern.slice(slash + 1),
  };
}
