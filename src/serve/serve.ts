import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pipeline } from '../config/pipeline-file.js';
import { EsrganError } from '../errors.js';
import type { RunEvent } from '../events.js';
import { Meters } from './meters.js';
import { answer } from './routes.js';
import { openService } from './service.js';
import type { ReaderEvent } from './stream.js';
import { isToken } from './token.js';

export type ServeEvent = ReaderEvent | Extract<RunEvent, { type: 'file' | 'warning' }>;

export interface ServeOptions {
  /** 0 takes any that is free. Default 8080. */
  readonly port?: number;
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string;
  /** When given, readers must send it as `Authorization: Bearer TOKEN`. */
  readonly token?: string;
  /** Readers at once. Default 64. */
  readonly readers?: number;
  readonly onEvent?: (event: ServeEvent) => void;
}

export interface Serving {
  /** e.g. http://127.0.0.1:8080 */
  readonly url: string;
  /** Samples of an epoch. */
  readonly samples: number;
  /** Cuts all readers off and frees everything. They go on with `from=` when it is served again. */
  close(): Promise<void>;
}

/** Whoever sends a request more slowly than this is cut off; how slowly an answer is read does not matter. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 2_000 };

/**
 * Serves the training pairs of a pipeline over HTTP, for trainers in other languages and on other machines. See
 * docs/serve.md for the routes.
 *
 * @throws EsrganError `NO_PAIRS` when the pipeline makes none, `PORT` when the port cannot be had, `SERVE_TOKEN`
 * @example
 * const serving = await serve(await loadPipeline('pipelines/quickstart.yml'), { port: 0 });
 * const response = await fetch(`${serving.url}/epoch/0?rank=0&world=2`); // a tar
 */
export async function serve(pipeline: Pipeline, options: ServeOptions = {}): Promise<Serving> {
  const { port = 8080, host = '127.0.0.1', token, readers = 64, onEvent = () => {} } = options;
  if (token !== undefined && !isToken(token))
    throw new EsrganError(
      'SERVE_TOKEN',
      token === '' ? 'the token is empty' : 'no client could send this token',
      {
        remedy:
          'Give one of letters, digits and punctuation, without blanks; or none, and everybody may read.',
      },
    );
  const stop = new AbortController();
  const service = await openService(pipeline, stop.signal, (event) => {
    if (event.type === 'file' || event.type === 'warning') onEvent(event);
  });
  const routes = { service, meters: new Meters(), token, readers, signal: stop.signal, emit: onEvent };
  const server = createServer(
    { ...PATIENCE, keepAlive: true, keepAliveInitialDelay: 30_000 },
    (request, response) => answer(routes, request, response),
  );
  // Those who look at the metrics need a few beside the readers.
  server.maxConnections = 2 * readers + 32;
  try {
    await listen(server, port, host);
  } catch (error) {
    await service.close();
    throw unavailable(error as NodeJS.ErrnoException, host, port);
  }
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    samples: service.samples,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      stop.abort(new Error('the service was stopped'));
      server.closeAllConnections();
      await closed;
      await service.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
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

/** Whether an address can be reached from its own machine only. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|::1|\[::1\]|127(\.\d{1,3}){3})$/i.test(host);
