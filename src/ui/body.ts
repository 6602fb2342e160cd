import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.js';

export type BodyKind = 'json' | 'bytes';

const accepted: Readonly<Record<BodyKind, RegExp>> = {
  json: /^application\/json(;|$)/i,
  // Types that a form of another page cannot send.
  bytes: /^(application\/octet-stream|image\/[\w.+-]+)(;|$)/i,
};

/**
 * Reads the body of a request, up to `limit` bytes.
 * @throws Refusal 415 for another content type, 413 for a longer body
 */
export async function readBody(request: IncomingMessage, kind: BodyKind, limit: number): Promise<Buffer> {
  if (!accepted[kind].test(request.headers['content-type'] ?? ''))
    throw new Refusal(
      415,
      'BODY',
      `the body is not ${kind === 'json' ? 'JSON' : 'a picture'}`,
      kind === 'json' ? 'Send application/json.' : 'Send application/octet-stream.',
    );
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) throw tooLong(limit);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) throw tooLong(limit);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const tooLong = (limit: number): Refusal =>
  new Refusal(413, 'BODY', `the body is longer than ${limit} bytes`, 'Send less.', { connection: 'close' });

/** @throws Refusal 400 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'BODY', 'the body is no JSON', 'Send JSON.');
  }
}
