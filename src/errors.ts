/** Where in a file an error lies; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  readonly place?: Place;
  /** What the user can do about it, as one sentence. */
  readonly remedy?: string;
  /** The offending source line with a caret under the column. */
  readonly frame?: string;
  readonly cause?: unknown;
}

/**
 * An error the user can act on: the CLI prints message, place and remedy without a stack trace
 * and leaves with exit code 2. Anything else that is thrown is a defect of ours.
 */
export class EsrganError extends Error {
  override readonly name = 'EsrganError';
  readonly code: string;
  readonly place?: Place;
  readonly remedy?: string;
  readonly frame?: string;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.place = details.place;
    this.remedy = details.remedy;
    this.frame = details.frame;
  }
}
