import { type ErrorDetails, EsrganError } from './errors.js';

/** An error in a form that survives the way between threads. */
export interface PlainError extends Omit<ErrorDetails, 'cause'> {
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
}

export function toPlain(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  if (!(error instanceof EsrganError)) return { message, stack };
  const { code, place, remedy, frame } = error;
  return { message, stack, code, place, remedy, frame };
}

export function fromPlain({ code, message, stack, ...details }: PlainError): Error {
  const error = code === undefined ? new Error(message) : new EsrganError(code, message, details);
  if (stack) error.stack = stack;
  return error;
}
