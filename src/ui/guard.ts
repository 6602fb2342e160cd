import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.js';

/** Sent by the page with everything that changes something: another site's page cannot send it without being asked first. */
export const PAGE_HEADER = 'x-esrgan-page';

export interface Guard {
  /** Whether only this machine can reach the server. */
  readonly loopback: boolean;
  /** What a reader must show; absent on loopback. */
  readonly token?: string;
}

/** Whether an address can be reached from its own machine only. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|::1|\[::1\]|127(\.\d{1,3}){3})$/i.test(host);

/**
 * Lets a request through or says why not.
 * @throws Refusal for a foreign name of this machine (DNS rebinding), a page of another site, a missing token
 */
export function mustBeAllowed(guard: Guard, request: IncomingMessage, query: URLSearchParams): void {
  const { headers } = request;
  const host = headers.host ?? '';
  if (guard.loopback && !isLoopback(nameOf(host)))
    throw new Refusal(
      421,
      'HOST',
      'this server does not go by that name',
      'Use http://127.0.0.1 or http://localhost.',
    );
  const site = headers['sec-fetch-site'];
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isVisit) throw foreign();
  if (!carries(guard.token, request, query))
    throw new Refusal(
      401,
      'TOKEN',
      'the token is missing or wrong',
      'Open the whole link that was printed at the start.',
    );
  if (request.method === 'POST') mustComeFromPage(request, host);
}

function mustComeFromPage({ headers }: IncomingMessage, host: string): void {
  if (headers[PAGE_HEADER] !== '1') throw foreign();
  const { origin } = headers;
  if (origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host.toLowerCase()) throw foreign();
}

const foreign = (): Refusal =>
  new Refusal(403, 'FOREIGN', 'this request comes from another page', 'Use the page of this server itself.');

/** `[::1]:7860` -> `::1`, `localhost:7860` -> `localhost` */
const nameOf = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));

/** As a cookie, which an open page sends; in the address, as in the printed link; or in the header Authorization. */
function carries(token: string | undefined, { headers, socket }: IncomingMessage, query: URLSearchParams) {
  if (token === undefined) return true;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const given = [cookieOf(headers.cookie, socket.localPort), query.get('token') ?? '', bearer];
  // All are compared, whichever fits.
  return given.map((one) => same(one, token)).includes(true);
}

/** Cookies are shared by all ports of a machine, so the port is part of the name. */
const cookieName = (port: number | undefined): string => `esrgan_${port ?? 0}`;

function cookieOf(cookies: string | undefined, port: number | undefined): string {
  const prefix = `${cookieName(port)}=`;
  const found = (cookies ?? '').split(/; */).find((part) => part.startsWith(prefix));
  return found?.slice(prefix.length) ?? '';
}

/** Makes the browser remember the token, so that it need not stand in the address any longer. */
export const tokenCookie = (token: string, port: number | undefined): string =>
  `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`;
