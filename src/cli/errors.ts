import path from 'node:path';
import { EsrganError, type Place } from '../errors.js';
import { shownPath, visible } from './display/escape.js';
import { type Paint, paintFor } from './display/paint.js';
import { type Io, print } from './io.js';

const report = 'https://github.com/esrgan-stream/esrgan-stream/issues';

/** Prints an error on stderr and says with which code to leave: 2 when the user can mend it, 1 for a defect. */
export function reportError(error: unknown, io: Io, verbose: boolean): 1 | 2 {
  const paint = paintFor(io.stderr, io.env);
  if (error instanceof EsrganError) {
    print(io.stderr, [...userError(error, paint), ...(verbose ? [stackOf(error)] : [])]);
    return 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  const mendable = systemError(message);
  if (mendable) {
    print(io.stderr, [...userError(mendable, paint), ...(verbose ? [stackOf(error)] : [])]);
    return 2;
  }
  print(io.stderr, [
    `${paint.red(paint.bold('internal error:'))} ${visible(message)}`,
    `This is a defect of esrgan, not of your files. Please report it with the command and what --verbose prints: ${report}`,
    ...(verbose ? [stackOf(error)] : []),
  ]);
  return 1;
}

function userError(error: EsrganError, paint: Paint): string[] {
  const { place, frame, remedy, message } = error;
  const where =
    place && [fileOf(place), place.line, place.column].filter((part) => part !== undefined).join(':');
  return [
    `${paint.red(paint.bold('error:'))} ${lines(message)}`,
    ...(where ? [`  ${paint.dim('at')} ${paint.cyan(where)}`] : []),
    ...(frame ? [lines(frame)] : []),
    ...(remedy ? [`${paint.green('fix:')} ${lines(remedy)}`] : []),
  ];
}

/** A place may also be an option, which is no path. */
const fileOf = ({ file }: Place): string => (path.isAbsolute(file) ? shownPath(file) : visible(file));

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Change its permissions, or name another place.',
  EPERM: 'Change its permissions, or name another place.',
  EROFS: 'Name a place that can be written to.',
  EEXIST: 'Something of that name is in the way: move it, or name another place.',
  ENOTDIR: 'A part of the path is a file and not a folder: correct the path.',
  EISDIR: 'A folder of that name is in the way: move it, or name another place.',
  ENAMETOOLONG: 'Use a shorter name.',
  ENOSPC: 'Make room on the disk, then run the same command again.',
  EFBIG: 'Files of that size are not allowed here (ulimit -f, or the file system): write smaller ones.',
  EDQUOT: 'Make room within your quota, then run the same command again.',
  EMFILE: 'Allow more open files (ulimit -n), or use fewer threads.',
  ENFILE: 'Close other programs, or use fewer threads.',
};

/** What the system refuses is mostly not our defect; its errors lose everything but their text between threads. */
function systemError(message: string): EsrganError | undefined {
  const [, code = '', words, file] = /^(E[A-Z]+): (.+?), \w+(?: '(.*?)')?/s.exec(message) ?? [];
  const remedy = remedies[code];
  return remedy === undefined
    ? undefined
    : new EsrganError(code, `${words} (${code})`, { remedy, place: file ? { file } : undefined });
}

const lines = (text: string): string => text.split('\n').map(visible).join('\n');

const stackOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.stack ?? ''}${error.cause ? `\ncaused by: ${stackOf(error.cause)}` : ''}`
    : '';
