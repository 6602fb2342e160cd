import path from 'node:path';
import pLimit from 'p-limit';
import { EsrganError } from '../../errors.js';
import { compressionOf, type Place, type ReadPart, scanTar, TarDamage } from '../../formats/tar/index.js';
import { describeFileError } from '../../images/diagnose.js';
import { readPart } from '../../images/file-like.js';
import { checkAddress, Failure, isRemote, type Reader, shownAddress } from '../../remote/index.js';
import type { StageContext } from '../context.js';
import { expandRanges, type Found, hiddenReason, imageName, listBucket } from './found.js';
import { failed } from './look.js';
import { match } from './match.js';
import { compareCodePoints } from './order.js';

/** Bytes that are read around a header: of a local tar a page, of a distant one what one request is worth. */
const NEAR = 4096;
const FAR = 64 * 2 ** 10;

interface Tar {
  readonly uri: string;
  /** For people. */
  readonly shown: string;
}

export interface TarsContext {
  readonly baseFolder: string;
  readonly ctx: StageContext;
  readonly reader: () => Reader;
  readonly signal: AbortSignal;
}

/**
 * The pictures in tars, by code point of their names over all tars of a pattern: cutting a folder into tars changes
 * nothing. What stands beside a picture in its sample (`.json`, `.cls` ...) belongs to it and is left out.
 *
 * @throws EsrganError `NO_IMAGES` when a pattern matches nothing, `TAR` for compressed tars
 */
export async function listTars(patterns: readonly string[], context: TarsContext): Promise<Found[]> {
  const found: Found[] = [];
  for (const pattern of patterns) {
    const limit = pLimit(16);
    const tars = await tarsOf(pattern, context);
    const members = await Promise.all(tars.map((tar) => limit(() => membersOf(tar, context))));
    found.push(...members.flat().sort((a, b) => compareCodePoints(a.relative, b.relative)));
  }
  return found;
}

async function tarsOf(pattern: string, context: TarsContext): Promise<Tar[]> {
  const { baseFolder, ctx, reader, signal } = context;
  if (!isRemote(pattern)) {
    const matches = await match(pattern, { baseFolder, warn: ctx.warn.bind(ctx) });
    const files = matches.filter(({ folder, hidden }) => !folder && !hidden);
    const tars = files.filter((file) => files.length === 1 || /\.tar(\.\w+)?$/i.test(file.path));
    if (tars.length > 0) return tars.map((file) => ({ uri: file.path, shown: file.path }));
    throw noTars(pattern);
  }
  const addresses = expandRanges(pattern).map(checkAddress);
  const all = await Promise.all(
    addresses.map(async (uri) =>
      uri.startsWith('s3:')
        ? (await listBucket(uri, reader(), signal))
            .map(({ address }) => address)
            .filter((a) => /\.tar$/i.test(a))
        : [uri],
    ),
  );
  if (all.flat().length === 0) throw noTars(pattern);
  return all.flat().map((uri) => ({ uri, shown: shownAddress(uri) }));
}

const noTars = (pattern: string): EsrganError =>
  new EsrganError('NO_IMAGES', `no tar matches ${pattern}`, {
    place: { file: pattern },
    remedy: 'Name tars, a folder of them or a pattern such as shards/*.tar.',
  });

async function membersOf(tar: Tar, context: TarsContext): Promise<Found[]> {
  const members = new Map<string, Place>();
  const fail = (reason: string): void =>
    context.ctx.file({ path: tar.shown, outcome: 'failed', reason, notes: [] });
  try {
    const read = partsOf(tar, context);
    const packed = compressionOf(await read(0, 16));
    if (packed !== undefined) throw compressed(tar.shown, packed);
    for await (const member of scanTar(read)) {
      context.signal.throwIfAborted();
      // As when it is unpacked: a later file of that name takes the place of the one before.
      members.set(member.name, member);
    }
    if (members.size === 0) fail('a tar without files');
  } catch (error) {
    if (context.signal.aborted || error instanceof EsrganError) throw error;
    fail(error instanceof TarDamage || error instanceof Failure ? error.message : describeFileError(error));
  }
  return pictures([...members.values()]).map((member) => toFound(tar, member));
}

/** A part of a tar, out of a larger one that is read at once. */
function partsOf({ uri }: Tar, { reader, signal }: TarsContext): ReadPart {
  const far = isRemote(uri);
  let held: { readonly from: number; readonly bytes: Uint8Array } = { from: 0, bytes: new Uint8Array() };
  return async (offset, length) => {
    const inside = offset >= held.from && offset + length <= held.from + held.bytes.length;
    if (!inside) {
      const wanted = Math.max(length, far ? FAR : NEAR);
      const bytes = far
        ? (await reader().part(uri, { offset, length: wanted }, signal)).bytes
        : await readPart(uri, offset, wanted);
      held = { from: offset, bytes };
    }
    return held.bytes.subarray(offset - held.from, offset - held.from + length);
  };
}

/** All but what stands beside a picture: the key of a sample is its name up to the first dot. */
function pictures(members: readonly Place[]): Place[] {
  const key = ({ name }: Place): string => /^(.*\/)?[^/.]*/s.exec(name)?.[0] ?? name;
  const keys = new Set(members.filter(({ name }) => imageName.test(name)).map(key));
  return members.filter((member) => imageName.test(member.name) || !keys.has(key(member)));
}

function toFound({ uri, shown }: Tar, { name, offset, bytes, refused }: Place): Found {
  const relative = refused === undefined ? path.posix.normalize(name) : name;
  const hidden = relative.split('/').some((step) => step.startsWith('.') && step !== '..');
  return {
    path: `${shown}!/${relative}`,
    root: shown,
    relative,
    origin: { uri, offset, bytes },
    ...(refused !== undefined && { unusable: failed(refused) }),
    ...(refused === undefined && hidden && { unusable: hiddenReason(false) }),
  };
}

const compressed = (file: string, how: string): EsrganError =>
  new EsrganError('TAR', `${file} is compressed (${how})`, {
    place: { file },
    remedy:
      'Unpack it first (gunzip FILE.tar.gz keeps the tar): pictures are read where they lie in a plain tar.',
  });
