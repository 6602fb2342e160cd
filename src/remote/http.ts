import type { IncomingMessage } from 'node:http';
import { Failure } from './failure.js';
import { gather } from './gather.js';
import { type Agents, createAgents, request } from './http-request.js';
import type { Patience } from './patience.js';
import type { Part, Piece, Store } from './store.js';

/** Objects on web servers, read by GET; parts of them by byte ranges (RFC 9110, section 14). */
export class HttpStore implements Store {
  readonly #agents: Agents;

  constructor(connections: number) {
    this.#agents = createAgents(connections);
  }

  async get(uri: string, part: Part | undefined, most: number, patience: Patience): Promise<Piece> {
    const range = part && { range: `bytes=${part.offset}-${part.offset + part.length - 1}` };
    const answer = await request(uri, range ?? {}, this.#agents, patience);
    const { headers, statusCode = 0 } = answer;
    // Nobody listens between the head and the body, which may fail meanwhile.
    answer.on('error', () => {});
    try {
      if (statusCode === 416 && part?.offset === 0) return { bytes: new Uint8Array(), total: 0 };
      if (statusCode !== 200 && statusCode !== 206) throw refusal(statusCode, headers['retry-after']);
      return await this.#body(answer, part, most, patience);
    } finally {
      // A connection whose answer was read to its end is kept.
      answer.destroy();
    }
  }

  async #body(
    answer: IncomingMessage,
    part: Part | undefined,
    most: number,
    patience: Patience,
  ): Promise<Piece> {
    const { headers, statusCode } = answer;
    const packed = headers['content-encoding'];
    if (packed !== undefined && packed !== 'identity')
      throw new Failure(`the server compresses it (${packed}) though it was asked not to`);
    const length = numberOf(headers['content-length']);
    const version = headers.etag ?? headers['last-modified'];
    const about = { version, type: headers['content-type'] };
    if (part && statusCode === 206) {
      const { from, to, total } = contentRange(headers['content-range']);
      if (from !== part.offset || to - from >= part.length)
        throw new Failure('the server answered with another part than it was asked for');
      const wanted = { announced: to - from + 1, enough: part.length, most };
      return { bytes: await gather(answer, wanted, patience), total, ...about };
    }
    // A server without byte ranges sends all of it: the first bytes can be had so, others cannot.
    if (part && part.offset > 0) throw new Failure('the server does not send parts of it (byte ranges)');
    const enough = part?.length ?? Number.POSITIVE_INFINITY;
    const bytes = await gather(answer, { announced: length, enough, most }, patience);
    return { bytes, total: length ?? (bytes.length < enough ? bytes.length : undefined), ...about };
  }
}

const meanings: Readonly<Record<number, string>> = {
  400: 'a bad request',
  401: 'it asks for a password',
  403: 'no permission to read it',
  404: 'missing',
  408: 'too slow for the server',
  410: 'gone',
  416: 'it ends earlier',
  429: 'too many requests',
  500: 'an error of the server',
  502: 'an error of the server',
  503: 'the server is busy',
  504: 'the server got no answer itself',
};

/** Codes after which another attempt may succeed. */
const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What a status other than success means. */
export function refusal(status: number, retryAfter?: string): Failure {
  const meaning = meanings[status] === undefined ? '' : `: ${meanings[status]}`;
  return new Failure(`HTTP ${status}${meaning}`, passing.has(status), waitOf(retryAfter));
}

/** Seconds or a date, as RFC 9110 writes Retry-After; in milliseconds from now. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = Number(retryAfter);
  const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : 1000 * seconds;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

const numberOf = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;

function contentRange(header: string | undefined) {
  const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header ?? '') ?? [];
  if (from === undefined || Number(to) < Number(from))
    throw new Failure(`the server does not say which part it sends (content-range: ${header ?? 'none'})`);
  return { from: Number(from), to: Number(to), total: total === '*' ? undefined : Number(total) };
}
