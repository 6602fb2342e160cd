import { availableParallelism } from 'node:os';
import { Observable } from 'rxjs';
import { EsrganError } from '../../errors.js';
import { type Header, probe, type Unusable } from '../../images/probe.js';
import type { Source } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import { type Listed, listFiles } from './list.js';
import type { SourceOptions } from './options.js';

export interface DiscoverHooks {
  /** Awaited before every source that is handed on: the place to hold the stream back. */
  readonly admit?: () => Promise<void>;
  /** What paths in the options are relative to; default: the working folder. */
  readonly baseFolder?: string;
  /** gt is so many times as large as its lq, where pairs are given. */
  readonly scale?: number;
}

/**
 * Finds the photographs and reads their headers; no pixel is decoded.
 *
 * In words: "list the files, look at the first bytes of each, and hand on those that are images, in a stable
 * order". Files that cannot be used are reported to `ctx.file` with the reason.
 *
 * @throws EsrganError (through the stream) `NO_IMAGES` when a pattern matches nothing or no file is usable, `META_INFO` when the
 * list cannot be read or is empty.
 * @example
 * discover(SourceOptions.parse({ images: 'photos' }), ctx).subscribe(({ id, width, height }) => ...)
 */
export function discover(
  options: SourceOptions,
  ctx: StageContext,
  hooks: DiscoverHooks = {},
): Observable<Source> {
  return new Observable((subscriber) => {
    const gone = new AbortController();
    const pull = async (): Promise<void> => {
      const signal = AbortSignal.any([ctx.signal, gone.signal]);
      for await (const source of sources(options, ctx, hooks, signal)) subscriber.next(source);
      subscriber.complete();
    };
    pull().catch((error) => subscriber.error(error));
    return () => gone.abort();
  });
}

/** `discover` to be pulled: reads only a few headers ahead, and ends when `signal` is aborted. */
export async function* sources(
  options: SourceOptions,
  ctx: StageContext,
  hooks: DiscoverHooks = {},
  signal: AbortSignal = ctx.signal,
): AsyncGenerator<Source, void, void> {
  const listed = await listFiles(options, ctx, hooks.baseFolder ?? process.cwd());
  const ahead = 2 * (options.threads ?? availableParallelism());
  const open: Promise<Looked>[] = [];
  let next = 0;
  let usable = 0;
  for (const file of listed) {
    while (next < listed.length && open.length < ahead) open.push(look(listed[next++], options, hooks.scale));
    const looked = await (open.shift() as Promise<Looked>);
    if (signal.aborted) return;
    const source = toSource(file, looked, ctx);
    if (!source) continue;
    usable++;
    await hooks.admit?.();
    if (signal.aborted) return;
    yield source;
  }
  if (usable === 0) throw noneUsable(listed.length, options);
}

function noneUsable(files: number, options: SourceOptions): EsrganError {
  const where = options.meta_info ?? options.images?.join(', ');
  return new EsrganError('NO_IMAGES', `none of the ${files} files found for ${where} can be used`, {
    remedy: 'The report of each file gives its reason; PNG, JPEG, WebP, TIFF, AVIF and GIF are read.',
  });
}

interface Looked {
  readonly header: Header | Unusable;
  /** Of the lq picture, where pairs are given. */
  readonly lq?: Header;
}

async function look(file: Listed, options: SourceOptions, scale?: number): Promise<Looked> {
  if (file.skip !== undefined) return { header: { ok: false, outcome: 'skipped', reason: file.skip } };
  const header = await probe(file.path, options);
  if (!header.ok || file.lq === undefined) return { header };
  const lq = await probe(file.lq, options);
  const reason = misfit(header, lq, file.lq, scale);
  return reason === undefined && lq.ok
    ? { header, lq }
    : { header: { ok: false, outcome: 'failed', reason: `${reason}` } };
}

/** Why a picture cannot be the lq of a gt. */
function misfit(gt: Header, lq: Header | Unusable, file: string, scale?: number): string | undefined {
  if (!lq.ok) return `its lq ${file}: ${lq.reason}`;
  const [across, down] = [gt.width / lq.width, gt.height / lq.height];
  if (across === down && (scale === undefined || across === scale)) return undefined;
  const wanted = scale === undefined ? 'the same part of it in both directions' : `1/${scale} of that`;
  return `it is ${gt.width}x${gt.height}, and its lq is ${lq.width}x${lq.height}, not ${wanted}: ${file}`;
}

function toSource(file: Listed, { header, lq }: Looked, ctx: StageContext): Source | undefined {
  if (header.ok) {
    const source = sourceOf(file.id, file.path, header);
    return lq && file.lq !== undefined ? { ...source, lq: sourceOf(file.id, file.lq, lq) } : source;
  }
  const { outcome, reason } = header;
  const where = file.origin === undefined ? '' : ` (${file.origin})`;
  ctx.file({ path: file.path, outcome, reason: reason + where, notes: [] });
  return undefined;
}

const sourceOf = (id: string, path: string, { ok: _, ...header }: Header): Source => ({
  id,
  path,
  ...header,
});
