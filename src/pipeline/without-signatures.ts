import { shownAddress } from '../remote/address.js';

const address = /https?:\/\/[^\s'"`<>\]},]+/gi;

/** Plain data in which signed addresses stand without what signs them: reports are passed on. */
export function withoutSignatures<T>(value: T): T;
export function withoutSignatures(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(address, shownAddress);
  if (Array.isArray(value)) return value.map((item) => withoutSignatures(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSignatures(inner)]));
}
