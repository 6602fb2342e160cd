import type { ServerResponse } from 'node:http';
import { EsrganError } from './errors.js';

/** An answer that is none: its status, and why in words. */
export class Refusal extends EsrganError {
  constructor(
    readonly status: number,
    code: string,
    message: string,
    remedy: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, message, { remedy });
  }
}

/** Sends an error as JSON: `{ "error": { "code", "message", "remedy" } }`. Of defects it does not say more than that. */
export function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof EsrganError ? error : new EsrganError('DEFECT', 'this is our mistake');
  const { code, message, remedy, place } = known;
  const { status, headers } =
    known instanceof Refusal ? known : { status: known === error ? 400 : 500, headers: {} };
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(`${JSON.stringify({ error: { code, message, remedy, place } })}\n`);
}
