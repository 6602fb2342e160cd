import { availableParallelism } from 'node:os';
import { Observable } from 'rxjs';
import { EsrganError } from '../../errors.js';
import type { Header, Unusable } from '../../images/probe.js';
import type { Origin, Source } from '../../plan/types.js';
import { isRemote, shownAddress } from '../../remote/index.js';
import type { StageContext } from '../context.js';
import { fetchedAtOnce } from './access.js';
import { type Listed, listFiles } from './list.js';
import { failed, lookAt } from './look.js';
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
 * list cannot be read or is empty, `TAR` for compressed tars, `ADDRESS` for one that is none, `S3` when the credentials or the
 * bucket are wrong.
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
  const listed = await listFiles(options, ctx, hooks.baseFolder ?? process.cwd(), signal).catch((error) => {
    if (signal.aborted) return [];
    throw error;
  });
  const ahead = Math.max(2 * (options.threads ?? availableParallelism()), fetchedAtOnce(options));
  const open: Promise<Looked>[] = [];
  const reasons: string[] = [];
  let next = 0;
  let usable = 0;
  const begin = (file: Listed): void => {
    const looked = look(file, options, signal, hooks.scale);
    // Whoever waits for it learns of a failure; after a stop nobody does.
    looked.catch(() => {});
    open.push(looked);
  };
  for (const file of listed) {
    while (next < listed.length && open.length < ahead) begin(listed[next++]);
    const looked = await (open.shift() as Promise<Looked>).catch((error) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (signal.aborted || !looked) return;
    const source = toSource(file, looked, ctx);
    if (!source) {
      if (!looked.header.ok) reasons.push(looked.header.reason);
      continue;
    }
    usable++;
    await hooks.admit?.();
    if (signal.aborted) return;
    yield source;
  }
  if (usable === 0 && !signal.aborted) throw noneUsable(listed.length, options, reasons);
}

function noneUsable(files: number, options: SourceOptions, reasons: readonly string[]): EsrganError {
  const where = options.meta_info ?? [...(options.images ?? []), ...(options.tars ?? [])].join(', ');
  const [first] = reasons;
  const same =
    first !== undefined && reasons.every((reason) => reason === first) && fetchedAtOnce(options) > 0;
  const why = same ? `: ${first}` : '';
  return new EsrganError('NO_IMAGES', `none of the ${files} files found for ${where} can be used${why}`, {
    remedy: 'The report of each file gives its reason; PNG, JPEG, WebP, TIFF, AVIF and GIF are read.',
  });
}

interface Looked {
  readonly header: Header | Unusable;
  readonly origin?: Origin;
  /** The lq picture, where pairs are given. */
  readonly lq?: { readonly header: Header; readonly origin?: Origin };
}

async function look(
  file: Listed,
  options: SourceOptions,
  signal: AbortSignal,
  scale?: number,
): Promise<Looked> {
  if (file.unusable) return { header: file.unusable };
  const gt = await lookAt(file.path, file.origin, options, signal);
  if (!gt.header.ok || file.lq === undefined) return gt;
  const lq = await lookAt(file.lq, isRemote(file.lq) ? { uri: file.lq } : undefined, options, signal);
  const reason = misfit(gt.header, lq.header, file.lq, scale);
  return reason === undefined && lq.header.ok
    ? { ...gt, lq: { header: lq.header, origin: lq.origin } }
    : { header: failed(`${reason}`) };
}

/** Why a picture cannot be the lq of a gt. */
function misfit(gt: Header, lq: Header | Unusable, file: string, scale?: number): string | undefined {
  if (!lq.ok) return `its lq ${file}: ${lq.reason}`;
  const [across, down] = [gt.width / lq.width, gt.height / lq.height];
  if (across === down && (scale === undefined || across === scale)) return undefined;
  const wanted = scale === undefined ? 'the same part of it in both directions' : `1/${scale} of that`;
  return `it is ${gt.width}x${gt.height}, and its lq is ${lq.width}x${lq.height}, not ${wanted}: ${file}`;
}

function toSource(file: Listed, { header, origin, lq }: Looked, ctx: StageContext): Source | undefined {
  if (header.ok) {
    const source = sourceOf(file.id, file.path, header, origin);
    return lq && file.lq !== undefined
      ? { ...source, lq: sourceOf(file.id, shownAddress(file.lq), lq.header, lq.origin) }
      : source;
  }
  const { outcome, reason } = header;
  const where = file.where === undefined ? '' : ` (${file.where})`;
  ctx.file({ path: file.path, outcome, reason: reason + where, notes: [] });
  return undefined;
}

function sourceOf(id: string, path: string, { ok: _, ...header }: Header, origin?: Origin): Source {
  return { id, path, ...(origin && { origin }), ...header };
}
