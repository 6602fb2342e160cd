import path from 'node:path';
import type { Unusable } from '../../images/probe.js';
import type { Origin } from '../../plan/types.js';
import { isRemote } from '../../remote/index.js';
import type { StageContext } from '../context.js';
import { readerFor } from './access.js';
import { type Found, hiddenReason, imageName, listAddress } from './found.js';
import { assignIds } from './ids.js';
import { type LqFinder, lqFinder } from './lq.js';
import { match } from './match.js';
import { listMetaInfo } from './meta-info.js';
import type { SourceOptions } from './options.js';
import { listTars } from './tars.js';

/** A file that has been found and not yet looked into. */
export interface Listed {
  readonly id: string;
  /** Absolute, or the name of what lies elsewhere. */
  readonly path: string;
  readonly origin?: Origin;
  /** Known not to be used, and why. */
  readonly unusable?: Unusable;
  /** Its lq, absolute, where pairs are given; as it is looked for when there is none. */
  readonly lq?: string;
  /** Where it was listed, to be added to what is said about it. */
  readonly where?: string;
}

/** All files that the source options stand for, each once, in the order in which they will be used. */
export async function listFiles(
  options: SourceOptions,
  ctx: StageContext,
  baseFolder: string,
  signal: AbortSignal,
): Promise<Listed[]> {
  const lqOf = options.dataroot_lq === undefined ? undefined : lqFinder(options, baseFolder);
  const isExcluded = await exclusion(options.exclude ?? [], ctx, baseFolder);
  const listed =
    options.meta_info === undefined
      ? await listFound(await find(options, ctx, baseFolder, signal), baseFolder, lqOf)
      : await listMetaInfo(options, { ctx, baseFolder, lqOf, signal });
  return listed.filter((file) => !isExcluded(file.path));
}

async function find(
  options: SourceOptions,
  ctx: StageContext,
  baseFolder: string,
  signal: AbortSignal,
): Promise<Found[]> {
  const reader = () => readerFor(options);
  const found = new Map<string, Found>();
  for (const one of await listTars(options.tars ?? [], { baseFolder, ctx, reader, signal }))
    found.set(one.path, one);
  for (const pattern of options.images ?? []) {
    const some = isRemote(pattern)
      ? await listAddress(pattern, reader(), signal)
      : await filesOf(pattern, ctx, baseFolder);
    for (const one of some) if (!found.has(one.path)) found.set(one.path, one);
  }
  return [...found.values()];
}

async function filesOf(pattern: string, ctx: StageContext, baseFolder: string): Promise<Found[]> {
  const matches = await match(pattern, { baseFolder, warn: ctx.warn.bind(ctx) });
  return (
    matches
      // A folder that is entered is not worth a word, unless its name looks like an image's.
      .filter((m) => !m.folder || m.hidden || imageName.test(m.relative))
      .map(({ path, root, relative, hidden, folder }) => ({
        ...{ path, root, relative },
        ...(hidden && { unusable: hiddenReason(folder) }),
      }))
  );
}

function listFound(found: readonly Found[], baseFolder: string, lqOf?: LqFinder): Promise<Listed[]> {
  const ids = assignIds(found, baseFolder);
  return Promise.all(
    found.map(async ({ path, origin, unusable, relative }, i) => ({
      ...{ id: ids[i], path, origin, unusable },
      lq: await lqOf?.(relative),
    })),
  );
}

/** Whether a file is left out: by a glob, or by the beginning of an address or of a name in a tar. */
async function exclusion(
  patterns: readonly string[],
  ctx: StageContext,
  baseFolder: string,
): Promise<(path: string) => boolean> {
  const paths = new Set<string>();
  const beginnings: string[] = [];
  for (const pattern of patterns) {
    if (isRemote(pattern)) beginnings.push(pattern);
    else if (pattern.includes('.tar!/')) beginnings.push(path.resolve(baseFolder, pattern));
    else {
      const matches = await match(pattern, { baseFolder, warn: ctx.warn.bind(ctx) }).catch(() => []);
      if (matches.length === 0) ctx.warn(`exclude: nothing matches ${pattern}`);
      for (const m of matches) paths.add(m.path);
    }
  }
  const begins = (file: string, beginning: string): boolean =>
    file === beginning || file.startsWith(beginning.endsWith('/') ? beginning : `${beginning}/`);
  return (file) => paths.has(file) || beginnings.some((beginning) => begins(file, beginning));
}
