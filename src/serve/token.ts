import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What a header can carry as it is; an empty one would let in whoever gives none. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

/** Whether an `Authorization` header carries the token; takes the same time whatever it holds. */
export function mayRead(token: string | undefined, authorization: string | undefined): boolean {
  if (token === undefined) return true;
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}
