import { EsrganError } from '../../errors.js';
import type { Unusable } from '../../images/probe.js';
import type { Origin } from '../../plan/types.js';
import {
  checkAddress,
  joinAddress,
  nameBelow,
  nameOf,
  type Reader,
  shownAddress,
} from '../../remote/index.js';
import type { Located } from './ids.js';

/** A picture that has been found somewhere and not yet looked into. */
export interface Found extends Located {
  readonly origin?: Origin;
  /** Known not to be used, and why. */
  readonly unusable?: Unusable;
}

export const imageName = /\.(a?png|jpe?g|jpe|jfif|webp|tiff?|avifs?|gif)$/i;

export const hiddenReason = (folder: boolean): Unusable => ({
  ok: false,
  outcome: 'skipped',
  reason: `a hidden ${folder ? 'folder' : 'file'} (its name begins with a dot)`,
});

/** What an address stands for: one picture, or of s3 everything whose key begins so. */
export async function listAddress(written: string, reader: Reader, signal: AbortSignal): Promise<Found[]> {
  const uri = checkAddress(written);
  if (!uri.startsWith('s3:')) {
    const root = uri.slice(0, uri.replace(/[?#].*$/s, '').lastIndexOf('/') + 1);
    return [{ path: shownAddress(uri), root, relative: nameOf(uri), origin: { uri } }];
  }
  const objects = await listBucket(uri, reader, signal);
  if (objects.length === 0)
    throw new EsrganError('NO_IMAGES', `there is nothing below ${uri}`, {
      place: { file: uri },
      remedy: 'Correct the bucket or the prefix; a prefix ends where a folder would.',
    });
  return objects.map(({ address, relative, bytes }) => ({
    path: address,
    root: uri,
    relative,
    origin: { uri: address, bytes },
    ...(/(^|\/)\./.test(relative) && { unusable: hiddenReason(false) }),
  }));
}

/** The objects below an s3 address as if it were a folder, or the one object it names. */
export async function listBucket(uri: string, reader: Reader, signal: AbortSignal) {
  const objects = await reader.list(uri, signal);
  const [, bucket] = /^(s3:\/\/[^/]+)/.exec(uri) ?? ['', uri];
  return objects
    .map(({ key, bytes }) => ({ address: joinAddress(bucket, key), bytes }))
    .filter(({ address }) => !address.endsWith('/'))
    .map((object) => {
      const whole = object.address === uri ? nameOf(uri) : undefined;
      return { ...object, relative: whole ?? nameBelow(uri, object.address) };
    })
    .filter((object): object is typeof object & { relative: string } => object.relative !== undefined);
}

/** `{000..012}` in an address stands for all numbers between; of several, each with each. */
export function expandRanges(pattern: string): string[] {
  const found = /\{(\d+)\.\.(\d+)\}/.exec(pattern);
  if (!found) return [pattern];
  const [text, from, to] = found;
  const [first, last] = [Number(from), Number(to)];
  const [before, after] = [pattern.slice(0, found.index), pattern.slice(found.index + text.length)];
  const rest = expandRanges(after);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    String(first + i).padStart(from.length, '0'),
  ).flatMap((number) => rest.map((end) => before + number + end));
}
