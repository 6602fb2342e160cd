import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../refusal.js';
import type { Meters } from './meters.js';
import { feed } from './reader.js';
import type { Reading } from './request.js';
import type { Service } from './service.js';

/** A reader came or went. */
export interface ReaderEvent {
  readonly type: 'reader';
  readonly what: 'came' | 'left';
  /** What it asked for. */
  readonly url: string;
  readonly address: string;
  /** Pairs that it has been sent. */
  readonly pairs: number;
  /** Why it left before its end; absent when it was sent everything. */
  readonly reason?: string;
}

/** What answers requests. */
export interface Serves {
  readonly service: Service;
  readonly meters: Meters;
  readonly token?: string;
  /** Readers at once. */
  readonly readers: number;
  readonly signal: AbortSignal;
  readonly emit: (event: ReaderEvent) => void;
}

/** Answers with a tar that goes on as long as the part of the plan, or until the reader leaves. */
export function stream(
  to: Serves,
  reading: Reading,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  checkFrom(reading, to.service.samples);
  if (to.meters.readers >= to.readers)
    throw new Refusal(
      503,
      'READERS',
      `${to.readers} readers are connected, and no more are served at once`,
      'Close one, or allow more with --readers.',
      { 'retry-after': '5' },
    );
  response.writeHead(200, { 'content-type': 'application/x-tar', 'cache-control': 'no-store' });
  if (request.method === 'HEAD') response.end();
  else send(to, reading, request, response);
}

function send(to: Serves, reading: Reading, request: IncomingMessage, response: ServerResponse): void {
  response.flushHeaders();
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => {
    response.on('close', () => {
      gone.abort(new Error('the reader has gone'));
      resolve();
    });
  });
  const meters = to.meters.enter();
  const address = request.socket.remoteAddress ?? '';
  const tell = (what: ReaderEvent['what'], reason?: string): void =>
    to.emit({ type: 'reader', what, url: request.url ?? '', address, pairs: meters.send.out, reason });
  const left = (reason?: string): void => {
    to.meters.leave(meters);
    tell('left', reason);
  };
  tell('came');
  feed(to.service, reading, response, meters, AbortSignal.any([to.signal, gone.signal]))
    .then(() => closed)
    .then(
      () => left(response.writableFinished ? undefined : 'the reader has gone'),
      (error: Error) => {
        // Cut off, so that nobody takes it for the end of the epoch.
        response.destroy();
        left(error.message);
      },
    );
}

function checkFrom({ from, epochs }: Reading, samples: number): void {
  if (from <= epochs * samples) return;
  throw new Refusal(
    400,
    'REQUEST',
    `from=${from} lies behind the end: an epoch has ${samples} samples, and ${epochs} of them are asked for`,
    'Ask for a later epoch, or for more with epochs=N or epochs=endless.',
  );
}
