import { type output, prettifyError, type ZodType } from 'zod';
import { Refusal } from '../refusal.js';
import type { BodyKind } from './body.js';
import { parseJson } from './body.js';
import { notFound } from './not-found.js';
import type { Reply } from './reply.js';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/api/pairs/:id`: a name takes one segment; `*rest` at the end takes all that are left. */
  readonly path: string;
  /** What a POST carries; JSON unless said otherwise. */
  readonly body?: BodyKind;
  /** Bytes of a body at most; 64 KiB unless said otherwise. */
  readonly limit?: number;
  handle(request: UiRequest): Reply | Promise<Reply>;
}

/** What a route is given. */
export class UiRequest {
  constructor(
    /** Decoded parts of the path, by the names in the route. */
    readonly params: Readonly<Record<string, string>>,
    readonly query: URLSearchParams,
    readonly body: Buffer,
    /** Aborted when the client goes away before it has its answer. */
    readonly signal: AbortSignal,
  ) {}

  /** @throws Refusal 400 naming what is wrong with the body */
  json<T extends ZodType>(schema: T): output<T> {
    const parsed = schema.safeParse(parseJson(this.body));
    if (parsed.success) return parsed.data;
    throw new Refusal(400, 'BODY', prettifyError(parsed.error), 'Send what the page sends.');
  }
}

export interface Matched {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a request.
 * @throws Refusal 404; 405 when the path is served by another method only
 */
export function match(routes: readonly Route[], method: string, pathname: string): Matched {
  const segments = pathname.split('/').slice(1).map(decoded);
  const fitting = routes.flatMap((route) => {
    const params = paramsOf(route.path.split('/').slice(1), segments);
    return params ? [{ route, params }] : [];
  });
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = fitting.find(({ route }) => route.method === wanted);
  if (found) return found;
  if (fitting.length === 0) throw notFound();
  const allow = [...new Set(fitting.map(({ route }) => route.method))].join(', ');
  throw new Refusal(405, 'METHOD', `${method} is not served here`, `Use ${allow}.`, { allow });
}

function paramsOf(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    const segment = segments[i];
    if (part.startsWith('*')) {
      params[part.slice(1)] = segments.slice(i).join('/');
      return params;
    }
    if (segment === undefined) return undefined;
    if (part.startsWith(':')) {
      if (segment === '') return undefined;
      params[part.slice(1)] = segment;
    } else if (part !== segment) return undefined;
  }
  return segments.length === pattern.length ? params : undefined;
}

/** A segment that would become a path of its own when decoded is not one of ours. */
function decoded(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    if (!/[/\\\0]/.test(text)) return text;
  } catch {}
  throw notFound();
}
