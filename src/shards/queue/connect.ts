import type { Redis } from 'ioredis';
import { EsrganError } from '../../errors.js';
import type { QueueAddress } from './address.js';

/** Redis has gone, or has come back. */
export type ConnectionEvent =
  | { readonly type: 'away'; readonly queue: string; readonly reason: string }
  | { readonly type: 'back'; readonly queue: string };

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ConnectionEvent) => void;
  /** Milliseconds to wait for a Redis that does not answer; default: for ever. */
  readonly patience?: number;
}

const RETRY_AT_MOST_MS = 2000;

/**
 * A connection that is taken up again whenever it breaks; commands given meanwhile wait for it.
 *
 * @throws EsrganError `QUEUE_URL` when there is no such host, or what answers is no Redis or wants other credentials;
 * `QUEUE_AWAY` when nothing has answered in time
 */
export async function connectQueue(
  { shown, ...address }: QueueAddress,
  { signal, onEvent, patience }: ConnectOptions = {},
): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis({
    ...address,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(200 * times, RETRY_AT_MOST_MS),
  });
  let reason = 'the connection was closed';
  let away = false;
  const goes = (): void => {
    if (away || redis.status === 'end') return;
    away = true;
    onEvent?.({ type: 'away', queue: shown, reason });
  };
  redis.on('ready', () => {
    if (away) onEvent?.({ type: 'back', queue: shown });
    away = false;
    reason = 'the connection was closed';
  });
  redis.on('error', (error) => {
    reason = reasonOf(error);
  });
  redis.on('reconnecting', goes);
  const cleanup: (() => void)[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const never = (error: Error): void => {
        const why = neverWorks(error);
        if (why) reject(wrong(shown, why));
      };
      const stop = (): void => resolve();
      redis.once('ready', resolve).on('error', never);
      signal?.addEventListener('abort', stop);
      if (signal?.aborted) stop();
      const timer =
        patience === undefined ? undefined : setTimeout(() => reject(notThere(shown, reason)), patience);
      cleanup.push(
        () => redis.off('error', never),
        () => signal?.removeEventListener('abort', stop),
        () => clearTimeout(timer),
      );
      redis.connect().catch(() => {});
    });
  } catch (error) {
    redis.disconnect();
    throw error;
  } finally {
    for (const clean of cleanup) clean();
  }
  return redis;
}

const reasonOf = (error: Error): string => {
  // A host with several addresses: one error for each.
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return String((first as Error)?.message || error.message || 'no answer').split('\n')[0];
};

/** Errors of a first connection that waiting does not mend. */
function neverWorks(error: Error & { code?: unknown }): string | undefined {
  if (error.code === 'ENOTFOUND') return 'names a host that does not exist';
  const reason = reasonOf(error);
  if (/^(NOAUTH|WRONGPASS|ERR AUTH|NOPERM)|invalid password/.test(reason))
    return `wants other credentials (${reason.split(',')[0]})`;
  if (/Protocol error|RESP type/i.test(reason)) return 'is answered by something that is no Redis';
  return undefined;
}

const wrong = (shown: string, how: string): EsrganError =>
  new EsrganError('QUEUE_URL', `--queue ${shown} ${how}`, {
    place: { file: '--queue' },
    remedy: 'Write redis://user:password@host:port; the password can also be in the variable REDISCLI_AUTH.',
  });

const notThere = (shown: string, reason: string): EsrganError =>
  new EsrganError('QUEUE_AWAY', `the Redis at ${shown} does not answer: ${reason}`, {
    place: { file: '--queue' },
    remedy: 'Start it, or look whether host, port and firewall are right.',
  });
