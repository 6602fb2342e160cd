import { EsrganError } from '../errors.js';
import { visible } from './display/escape.js';
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
    place && [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  return [
    `${paint.red(paint.bold('error:'))} ${lines(message)}`,
    ...(where ? [`  ${paint.dim('at')} ${paint.cyan(visible(where))}`] : []),
    ...(frame ? [lines(frame)] : []),
    ...(remedy ? [`${paint.green('fix:')} ${lines(remedy)}`] : []),
  ];
}

const lines = (text: string): string => text.split('\n').map(visible).join('\n');

const stackOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.stack ?? ''}${error.cause ? `\ncaused by: ${stackOf(error.cause)}` : ''}`
    : '';
