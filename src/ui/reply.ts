import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventHub } from './event-hub.js';

/** What a route answers with: data as JSON, bytes of a type, a stream of events, or nothing. */
export type Reply =
  | { readonly json: unknown; readonly status?: number }
  | {
      readonly bytes: Uint8Array | string;
      /** Content type, e.g. `image/png`. */
      readonly type: string;
      /** Whether the bytes under this address never change. */
      readonly immutable?: boolean;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly events: EventHub }
  | { readonly redirect: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly empty: true };

export function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if ('events' in reply) {
    reply.events.join(request, response);
    return;
  }
  if ('empty' in reply) {
    response.writeHead(204).end();
    return;
  }
  if ('redirect' in reply) {
    response.writeHead(303, { location: reply.redirect, ...reply.headers }).end();
    return;
  }
  const isJson = 'json' in reply;
  const body = Buffer.from(isJson ? `${JSON.stringify(reply.json)}\n` : reply.bytes);
  response.writeHead(isJson ? (reply.status ?? 200) : 200, {
    'content-type': isJson ? 'application/json; charset=utf-8' : reply.type,
    'content-length': body.length,
    ...(!isJson && reply.immutable && { 'cache-control': 'private, max-age=31536000, immutable' }),
    ...(!isJson && reply.headers),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
