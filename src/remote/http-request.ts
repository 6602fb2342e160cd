import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { shownAddress } from './address.js';
import { Failure, networkFailure } from './failure.js';
import type { Patience } from './patience.js';

const MOST_REDIRECTS = 5;

/** Connections that are kept for the next request; idle ones do not keep the process alive. */
export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export function createAgents(connections: number): Agents {
  const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections };
  return { http: new http.Agent(options), https: new https.Agent(options) };
}

/**
 * The head of the answer to a GET, after redirects; its body is still to be read.
 *
 * @throws Failure
 */
export async function request(
  uri: string,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
  patience: Patience,
): Promise<IncomingMessage> {
  let url = new URL(uri);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await send(url, headers, agents, patience);
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined) return answer;
    answer.destroy();
    url = redirected(url, location);
  }
  throw new Failure(`the server sends it on more than ${MOST_REDIRECTS} times`);
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const allowed = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (to && allowed.includes(to.protocol)) return to;
  throw new Failure(`the server sends it on to ${shownAddress(location)}, which is not followed`);
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
  patience: Patience,
): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void =>
      reject(patience.signal.aborted ? patience.signal.reason : networkFailure(error));
    const get: (url: URL, options: https.RequestOptions) => ClientRequest = secure ? https.get : http.get;
    const sent = get(url, {
      agent: secure ? agents.https : agents.http,
      headers: { 'user-agent': 'esrgan-stream', 'accept-encoding': 'identity', ...headers },
      signal: patience.signal,
    });
    sent.on('response', resolve);
    sent.on('error', fail);
  });
}
