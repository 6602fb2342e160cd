import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Test } from 'tap';

/** What a server does to one request in place of answering it well. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'cut off'
  | 'stall'
  | 'stall in the middle'
  | 'drip'
  | 'close'
  | 'page'
  | 'no ranges'
  | 'no length'
  | 'packed'
  | 'other part'
  | 'not http'
  | { readonly redirect: string };

export interface FaultyServer {
  readonly url: string;
  /** Faults by path: one for each request, the last one for all that follow; `ok` answers well. */
  readonly faults: Map<string, (Fault | 'ok')[]>;
  /** Method, path and range of every request. */
  readonly requests: string[];
  /** How each of them was signed, if it was. */
  readonly signed: (string | undefined)[];
  /** Most requests that were under way at once. */
  readonly most: () => number;
  /** Connections that were opened. */
  readonly connections: () => number;
}

/** Serves a folder with byte ranges and ETags, on loopback, until the test is over. */
export async function faultyServer(
  t: Test,
  folder: string,
  tls?: { readonly key: Buffer; readonly cert: Buffer },
): Promise<FaultyServer> {
  const faults: FaultyServer['faults'] = new Map();
  const requests: string[] = [];
  const signed: (string | undefined)[] = [];
  let under = 0;
  let most = 0;
  let connections = 0;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const name = decodeURIComponent((request.url ?? '/').replace(/\?.*$/, ''));
    requests.push(`${name} ${request.headers.range ?? 'all'}`);
    signed.push(request.headers.authorization);
    most = Math.max(most, ++under);
    response.on('close', () => under--);
    const planned = faults.get(name) ?? ['ok'];
    const [fault] = planned.length > 1 ? planned.splice(0, 1) : planned;
    // Later, so that requests overlap.
    setTimeout(() => serve(path.join(folder, name), fault, request, response), 2);
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  server.on('connection', () => connections++);
  server.on('secureConnection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://localhost:${port}`.replace('http://localhost', 'http://127.0.0.1'),
    ...{ faults, requests, signed, most: () => most, connections: () => connections },
  };
}

function serve(file: string, fault: Fault | 'ok', request: IncomingMessage, response: ServerResponse): void {
  if (fault === 'stall') return;
  if (fault === 'close') return void request.socket.destroy();
  if (fault === 'not http') return void request.socket.end('220 ready for mail\r\n');
  if (typeof fault === 'object' && 'status' in fault)
    return void response.writeHead(fault.status, fault.headers).end(fault.body ?? 'refused');
  if (typeof fault === 'object') return void response.writeHead(302, { location: fault.redirect }).end();
  if (fault === 'page')
    return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>log in');
  let body: Buffer;
  try {
    body = readFileSync(file);
  } catch {
    return void response.writeHead(404).end();
  }
  const etag = `"${body.length}-${body.subarray(0, 4096).reduce((sum, byte) => (31 * sum + byte) | 0, 0)}"`;
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (fault === 'no length') return void response.writeHead(200).write(body, () => response.end());
  if (fault === 'packed') return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  const ranged = from !== undefined && fault !== 'no ranges';
  if (ranged && Number(from) >= body.length)
    return void response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
  const start = (ranged ? Number(from) : 0) + (fault === 'other part' ? 1 : 0);
  const end = ranged ? Math.min(Number(to) + 1, body.length) : body.length;
  const piece = body.subarray(start, end);
  response.writeHead(ranged ? 206 : 200, {
    etag,
    'content-type': 'application/octet-stream',
    'content-length': piece.length,
    ...(ranged && { 'content-range': `bytes ${start}-${end - 1}/${body.length}` }),
  });
  if (fault === 'cut off')
    return void response.write(piece.subarray(0, piece.length / 2), () => request.socket.destroy());
  if (fault === 'stall in the middle') return void response.write(piece.subarray(0, piece.length / 2));
  if (fault !== 'drip') return void response.end(piece);
  const drip = setInterval(() => response.write(piece.subarray(0, 16)), 20);
  response.on('close', () => clearInterval(drip));
}
