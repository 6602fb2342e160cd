import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { gtCandidates } from '../../formats/meta-info/line.js';
import { readMetaInfo } from '../../formats/meta-info/read.js';
import type { StageContext } from '../context.js';
import { assignIds } from './ids.js';
import { type LqFinder, lqFinder, pairedName } from './lq.js';
import { type Match, match } from './match.js';
import type { SourceOptions } from './options.js';

/** A file that has been found and not yet looked into. */
export interface Listed {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  /** Known not to be used, and why. */
  readonly skip?: string;
  /** Its lq, absolute, where pairs are given; as it is looked for when there is none. */
  readonly lq?: string;
  /** Where it was listed, to be added to what is said about it. */
  readonly origin?: string;
}

const imageName = /\.(a?png|jpe?g|jpe|jfif|webp|tiff?|avifs?|gif)$/i;

/** All files that the source options stand for, each once, in the order in which they will be used. */
export async function listFiles(
  options: SourceOptions,
  ctx: StageContext,
  baseFolder: string,
): Promise<Listed[]> {
  const lqOf = options.dataroot_lq === undefined ? undefined : lqFinder(options, baseFolder);
  const excluded = await excludedPaths(options.exclude ?? [], ctx, baseFolder);
  const listed =
    options.meta_info === undefined
      ? await listMatches(options.images ?? [], ctx, baseFolder, lqOf)
      : await listMetaInfo(options.meta_info, options.dataroot_gt ?? '.', ctx, baseFolder, lqOf);
  return excluded.size === 0 ? listed : listed.filter((file) => !excluded.has(file.path));
}

async function listMatches(
  patterns: readonly string[],
  ctx: StageContext,
  baseFolder: string,
  lqOf?: LqFinder,
): Promise<Listed[]> {
  const found = new Map<string, Match>();
  // A folder that is entered is not worth a word, unless its name looks like an image's.
  for (const pattern of patterns)
    for (const m of await match(pattern, { baseFolder, warn: ctx.warn.bind(ctx) }))
      if (!found.has(m.path) && (!m.folder || m.hidden || imageName.test(m.relative))) found.set(m.path, m);
  const matches = [...found.values()];
  const ids = assignIds(matches, baseFolder);
  return Promise.all(
    matches.map(async (m, i) => ({
      id: ids[i],
      path: m.path,
      skip: m.hidden ? hiddenReason(m) : undefined,
      lq: await lqOf?.(m.relative),
    })),
  );
}

const hiddenReason = ({ folder }: Match): string =>
  `a hidden ${folder ? 'folder' : 'file'} (its name begins with a dot)`;

async function excludedPaths(
  patterns: readonly string[],
  ctx: StageContext,
  baseFolder: string,
): Promise<Set<string>> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const matches = await match(pattern, { baseFolder, warn: ctx.warn.bind(ctx) }).catch(() => []);
    if (matches.length === 0) ctx.warn(`exclude: nothing matches ${pattern}`);
    for (const m of matches) paths.add(m.path);
  }
  return paths;
}

async function listMetaInfo(
  metaInfo: string,
  dataroot: string,
  ctx: StageContext,
  baseFolder: string,
  lqOf?: LqFinder,
): Promise<Listed[]> {
  const file = path.resolve(baseFolder, metaInfo);
  const root = path.resolve(baseFolder, dataroot);
  const found = new Map<string, Listed>();
  for (const { line, name } of await readMetaInfo(file)) {
    const relative = await firstExisting(root, gtCandidates(name));
    const listed = {
      id: path.posix.normalize(relative),
      path: path.resolve(root, relative),
      origin: `line ${line} of ${metaInfo}`,
      lq: await lqOf?.(relative, pairedName(name, relative)),
    };
    if (found.has(listed.path)) ctx.warn(`listed again in ${listed.origin}; used once`, listed.path);
    else found.set(listed.path, listed);
  }
  return [...found.values()];
}

/** The candidate that is there; when none is, the shortest, which is the plainest to report. */
async function firstExisting(root: string, candidates: readonly string[]): Promise<string> {
  for (const candidate of candidates) {
    const exists = await lstat(path.resolve(root, candidate)).then(
      () => true,
      () => false,
    );
    if (exists) return candidate;
  }
  return candidates[candidates.length - 1];
}
