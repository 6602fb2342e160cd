import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal, refuse } from '../refusal.js';
import { prometheus } from './prometheus.js';
import { parseReading } from './request.js';
import type { Service } from './service.js';
import { type Serves, stream } from './stream.js';
import { mayRead } from './token.js';

const routes = ['/epoch/N', '/plan', '/metrics', '/healthz'];

/** Answers one request; whatever is wrong with it is said to the client and harms nobody else. */
export function answer(to: Serves, request: IncomingMessage, response: ServerResponse): void {
  try {
    route(to, request, response);
  } catch (error) {
    refuse(response, error);
  }
}

function route(to: Serves, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = urlOf(request);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refusal(405, 'METHOD', `${request.method} is not served here`, 'Use GET.', {
      allow: 'GET, HEAD',
    });
  if (pathname === '/healthz') {
    text(response, 'ok\n');
    return;
  }
  if (!mayRead(to.token, request.headers.authorization))
    throw new Refusal(
      401,
      'TOKEN',
      'the token is missing or wrong',
      'Send the header "Authorization: Bearer TOKEN".',
      { 'www-authenticate': 'Bearer' },
    );
  const epoch = /^\/epoch\/([^/]+)$/.exec(pathname)?.[1];
  if (epoch !== undefined) stream(to, parseReading(epoch, searchParams), request, response);
  else if (pathname === '/metrics') text(response, prometheus(to.service, to.meters));
  else if (pathname === '/plan')
    text(response, `${JSON.stringify(planOf(to.service))}\n`, 'application/json');
  else throw new Refusal(404, 'ROUTE', 'there is nothing here', `There are ${routes.join(', ')}.`);
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  const full = `http://localhost${url}`;
  if (url.startsWith('/') && URL.canParse(full)) return new URL(full);
  throw new Refusal(400, 'REQUEST', 'this is no path', `There are ${routes.join(', ')}.`);
}

function text(
  response: ServerResponse,
  body: string,
  type = 'text/plain; version=0.0.4; charset=utf-8',
): void {
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}

/** What a trainer wants to know before it reads. */
function planOf({ pipeline: { name, seed, scale, stages }, samples, visits }: Service) {
  return { name, seed, scale, gt_size: stages.batch?.gt_size, samples, photographs: visits.length };
}
