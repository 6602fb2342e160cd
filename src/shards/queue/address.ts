import { EsrganError } from '../../errors.js';

/** Where a Redis is, as its client wants it. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
  /** For messages: without the password. */
  readonly shown: string;
}

/**
 * Reads `redis://[user[:password]@]host[:port][/database]`, or `rediss://` for TLS. `password` is used where the URL has none.
 *
 * @throws EsrganError `QUEUE_URL`
 */
export function queueAddress(url: string, password?: string): QueueAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^rediss?:$/.test(parsed.protocol))
    throw wrong(withoutPassword(url), 'is no address of a Redis');
  const { hostname, port, pathname } = parsed;
  const shown = `${parsed.protocol}//${parsed.host}${pathname}`;
  if (hostname === '') throw wrong(shown, 'names no host');
  const db = pathname.replace(/^\//, '');
  if (!/^\d*$/.test(db)) throw wrong(shown, `names the database ${JSON.stringify(db)}, which is no number`);
  const own = decodeURIComponent(parsed.password) || password;
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 6379 : Number(port),
    db: Number(db),
    ...(parsed.username !== '' && { username: decodeURIComponent(parsed.username) }),
    ...(own && { password: own }),
    ...(parsed.protocol === 'rediss:' && { tls: {} }),
    shown,
  };
}

const withoutPassword = (url: string): string => url.replace(/\/\/.*@/, '//');

const wrong = (shown: string, how: string): EsrganError =>
  new EsrganError('QUEUE_URL', `--queue ${shown} ${how}`, {
    place: { file: '--queue' },
    remedy: 'Write redis://host, redis://host:6379/0, or rediss:// for TLS.',
  });
