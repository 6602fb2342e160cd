import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { EsrganError } from '../errors.js';
import { Refusal, refuse } from '../refusal.js';
import { readBody } from './body.js';
import { type Guard, isLoopback, mustBeAllowed, tokenCookie } from './guard.js';
import { secure } from './headers.js';
import { send } from './reply.js';
import { match, type Route, UiRequest } from './routes.js';

export interface UiOptions {
  readonly routes: readonly Route[];
  /** 0 takes any that is free. Default 7860, or, where that is taken, any that is free. */
  readonly port?: number;
  /** Default 127.0.0.1: only this machine. Elsewhere a random token stands in the link. */
  readonly host?: string;
  /** Told of defects: errors of routes that are nobody else's fault. */
  readonly onDefect?: (error: unknown) => void;
}

export interface UiServer {
  /** The link to open, with the token where one is needed. */
  readonly url: string;
  /** Whether others than this machine can reach it. */
  readonly open: boolean;
  /** Finishes the answers under way, for a second at most, and frees the port. Close event hubs first. */
  close(): Promise<void>;
}

/** Whoever sends a request more slowly than this is cut off. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };
const BODY_LIMIT = 64 * 1024;
const LAST_ANSWERS_MS = 1_000;
const USUAL_PORT = 7860;

/**
 * Serves a page and its routes. Only a GET changes nothing; a POST must come from the page itself.
 *
 * @throws EsrganError `PORT` when the port cannot be had
 */
export async function openUi(options: UiOptions): Promise<UiServer> {
  const { port, host = '127.0.0.1' } = options;
  const loopback = isLoopback(host);
  const guard: Guard = { loopback, token: loopback ? undefined : randomBytes(18).toString('base64url') };
  const server = createServer({ ...PATIENCE, keepAlive: true }, (request, response) => {
    secure(response);
    answer(options, guard, request, response).catch((error) => {
      if (!(error instanceof EsrganError)) options.onDefect?.(error);
      refuse(response, error);
    });
  });
  server.maxConnections = 128;
  await listen(server, port ?? USUAL_PORT, host).catch((error) => {
    // Whoever names a port relies on it; others read the link. Windows answers EACCES where it keeps a port to itself.
    if (port !== undefined || !/EADDRINUSE|EACCES/.test(error.cause?.code)) throw error;
    return listen(server, 0, host);
  });
  server.on('error', (error) => options.onDefect?.(error));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${nameOf(host)}:${taken}/${guard.token === undefined ? '' : `?token=${guard.token}`}`,
    open: !loopback,
    close: () => close(server),
  };
}

/** As it stands in a link: that of the machine where the server listens at all of its addresses. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

async function answer(
  { routes }: UiOptions,
  guard: Guard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = urlOf(request);
  mustBeAllowed(guard, request, searchParams);
  const given = searchParams.get('token');
  if (guard.token !== undefined && given !== null && request.method === 'GET' && pathname === '/') {
    const cookie = tokenCookie(guard.token, request.socket.localPort);
    // The token must not stay where it can be read over a shoulder, or be copied with the address.
    send({ redirect: '/', headers: { 'set-cookie': cookie } }, request, response);
    return;
  }
  const { route, params } = match(routes, request.method ?? 'GET', pathname);
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client has gone'));
  });
  const body =
    route.method === 'POST'
      ? await readBody(request, route.body ?? 'json', route.limit ?? BODY_LIMIT)
      : Buffer.alloc(0);
  const reply = await route.handle(new UiRequest(params, searchParams, body, gone.signal));
  if (!response.destroyed) send(reply, request, response);
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  const full = `http://localhost${url}`;
  if (url.startsWith('/') && URL.canParse(full)) return new URL(full);
  throw new Refusal(400, 'REQUEST', 'this is no path', 'Ask for a path, as in GET / HTTP/1.1.');
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      server.removeAllListeners('listening');
      reject(unavailable(error, host, port));
    };
    server.once('error', fail);
    server.once('listening', () => {
      server.removeListener('error', fail);
      resolve();
    });
    server.listen(port, host.replace(/^\[(.*)\]$/, '$1'));
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A stream of events is idle as soon as its last bytes are gone.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const patience = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  await closed;
  clearTimeout(patience);
  clearInterval(sweep);
}

function unavailable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const remedies: Readonly<Record<string, string>> = {
    EADDRINUSE: 'Something else listens there: give another --port, or --port 0 for any that is free.',
    EACCES: 'Ports below 1024 are for the system: give another --port.',
    EADDRNOTAVAIL: 'This machine has no such address: use 127.0.0.1 for itself alone, 0.0.0.0 for all.',
    ENOTFOUND: 'There is no machine of that name: use 127.0.0.1 for itself alone, 0.0.0.0 for all.',
  };
  const remedy = remedies[error.code ?? ''];
  if (remedy === undefined) return error;
  return new EsrganError('PORT', `cannot listen at ${host}:${port} (${error.code})`, {
    remedy,
    cause: error,
  });
}
