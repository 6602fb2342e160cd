import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { gtCandidates, type MetaInfoEntry } from '../../formats/meta-info/line.js';
import { metaInfoEntries, readMetaInfo } from '../../formats/meta-info/read.js';
import { staysInside } from '../../formats/tar/index.js';
import { checkAddress, isRemote, joinAddress, nameBelow, shownAddress } from '../../remote/index.js';
import type { StageContext } from '../context.js';
import { readerFor } from './access.js';
import { imageName } from './found.js';
import type { Listed } from './list.js';
import { failed } from './look.js';
import { type LqFinder, pairedName } from './lq.js';
import type { SourceOptions } from './options.js';

export interface MetaInfoContext {
  readonly ctx: StageContext;
  readonly baseFolder: string;
  readonly lqOf?: LqFinder;
  readonly signal: AbortSignal;
}

/** The pictures that a list names, below a folder or below an address, in its order. */
export async function listMetaInfo(options: SourceOptions, context: MetaInfoContext): Promise<Listed[]> {
  const { meta_info = '', dataroot_gt = '.', dataroot_lq = '' } = options;
  const { ctx, baseFolder, lqOf } = context;
  const far = isRemote(dataroot_gt);
  const root = far ? checkAddress(dataroot_gt) : path.resolve(baseFolder, dataroot_gt);
  const found = new Map<string, Listed>();
  for (const { line, name } of await entriesOf(meta_info, options, context)) {
    const where = `line ${line} of ${meta_info}`;
    const one = far ? farName(root, name) : await localName(root, name);
    const inside = staysInside(one.relative);
    const paired = pairedName(name, one.listed);
    const below = paired !== undefined && isRemote(paired) ? nameBelow(dataroot_lq, paired) : paired;
    const lqInside = paired === undefined || (below !== undefined && staysInside(below));
    const leaves = (which: string, folder: string): string => `${which} leads out of ${folder}`;
    const unusable = !inside
      ? failed(leaves('its name', 'dataroot_gt'))
      : lqOf && !lqInside
        ? failed(leaves(`the name of its lq, ${paired},`, 'dataroot_lq'))
        : undefined;
    const listed: Listed = {
      id: path.posix.normalize(one.relative),
      path: far ? shownAddress(one.path) : one.path,
      ...(far && { origin: { uri: one.path } }),
      ...(unusable && { unusable }),
      where,
      lq: unusable ? undefined : await lqOf?.(one.relative, paired),
    };
    if (found.has(listed.path)) ctx.warn(`listed again in ${where}; used once`, listed.path);
    else found.set(listed.path, listed);
  }
  return far ? toldApart([...found.values()], root) : [...found.values()];
}

/** Addresses that differ in their query only: it becomes part of their ids. */
function toldApart(all: readonly Listed[], root: string): Listed[] {
  const counts = new Map<string, number>();
  for (const { id } of all) counts.set(id, (counts.get(id) ?? 0) + 1);
  const folder = root.length + (root.endsWith('/') ? 0 : 1);
  return all.map((one) => (counts.get(one.id) === 1 ? one : { ...one, id: one.path.slice(folder) }));
}

async function entriesOf(
  file: string,
  options: SourceOptions,
  { baseFolder, signal }: MetaInfoContext,
): Promise<MetaInfoEntry[]> {
  if (!isRemote(file)) return readMetaInfo(path.resolve(baseFolder, file));
  const bytes = await readerFor(options)
    .bytes({ uri: checkAddress(file) }, signal)
    .catch((cause: unknown) => {
      if (signal.aborted || cause instanceof EsrganError) throw cause;
      throw new EsrganError(
        'META_INFO',
        `the list ${shownAddress(file)} cannot be read: ${(cause as Error).message}`,
        {
          place: { file: shownAddress(file) },
          remedy: 'Correct the address of the list, or copy it here.',
          cause,
        },
      );
    });
  return metaInfoEntries(Buffer.from(bytes).toString('utf8'), shownAddress(file));
}

interface Named {
  /** Below the folder or address; what leads out of it is left as it is, to be refused. */
  readonly relative: string;
  /** As it stands in the line, without its lq. */
  readonly listed: string;
  readonly path: string;
}

/** Of the names that a line may mean the shortest that looks like an image's: a server is not asked for each. */
function farName(root: string, line: string): Named {
  const candidates = gtCandidates(line);
  const listed = candidates.findLast((name) => imageName.test(name.replace(/[?#].*$/s, ''))) ?? line.trim();
  if (!isRemote(listed)) return { relative: listed, listed, path: joinAddress(root, listed) };
  // A whole address is one already, and a name only below the base.
  const uri = checkAddress(listed);
  return { relative: nameBelow(root, uri) ?? `/${uri}`, listed, path: uri };
}

/** The candidate that is there; when none is, the shortest, which is the plainest to report. */
async function localName(root: string, line: string): Promise<Named> {
  const candidates = gtCandidates(line);
  let listed = candidates[candidates.length - 1];
  for (const candidate of candidates) {
    const exists = await lstat(path.resolve(root, candidate)).then(
      () => true,
      () => false,
    );
    if (exists) {
      listed = candidate;
      break;
    }
  }
  const inside = listed.startsWith(`${root}${path.sep}`);
  return {
    relative: inside ? listed.slice(root.length + 1) : listed,
    listed,
    path: path.resolve(root, listed),
  };
}
