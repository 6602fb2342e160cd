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
  const open: Promise<Header | Unusable>[] = [];
  let next = 0;
  let usable = 0;
  for (const file of listed) {
    while (next < listed.length && open.length < ahead) open.push(look(listed[next++], options));
    const header = await (open.shift() as Promise<Header | Unusable>);
    if (signal.aborted) return;
    const source = toSource(file, header, ctx);
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

async function look(file: Listed, options: SourceOptions): Promise<Header | Unusable> {
  return file.skip === undefined
    ? probe(file.path, options)
    : { ok: false, outcome: 'skipped', reason: file.skip };
}

function toSource(file: Listed, header: Header | Unusable, ctx: StageContext): Source | undefined {
  if (header.ok) {
    const { width, height, format, channels, notes } = header;
    return { id: file.id, path: file.path, width, height, format, channels, notes };
  }
  const { outcome, reason } = header;
  const where = file.origin === undefined ? '' : ` (${file.origin})`;
  ctx.file({ path: file.path, outcome, reason: reason + where, notes: [] });
  return undefined;
}
