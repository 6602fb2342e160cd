import path from 'node:path';
import type { Observable, Subscription } from 'rxjs';
import { z } from 'zod';
import type { Pipeline } from '../../config/pipeline-file.js';
import { EsrganError } from '../../errors.js';
import type { RunEvent, RunSummary } from '../../events.js';
import { asks, type RunControls, type SampledPair } from '../../pipeline/index.js';
import { notFound } from '../not-found.js';
import { pageRoutes } from '../page-files.js';
import type { Route } from '../routes.js';
import { openUi } from '../server.js';
import { PairShelf } from './pairs.js';
import { photographsOf } from './photographs.js';
import { runRoutes } from './run-routes.js';
import { Watched } from './watched.js';

export interface LiveOptions {
  /** Default 7860, or, where that is taken, any that is free. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The command line that repeats the run. */
  readonly command?: string;
  readonly onDefect?: (error: unknown) => void;
}

/** A run as `runPipeline` returns it, here or from another thread. */
export interface LiveSource {
  readonly events: Observable<RunEvent>;
  readonly pairs: Observable<SampledPair>;
  readonly controls: RunControls;
}

export interface LivePage {
  /** The link to open. */
  readonly url: string;
  /** Whether others than this machine can open it. */
  readonly open: boolean;
  /** Shows a run; call it in the turn in which the run is made. */
  follow(run: LiveSource): void;
  /** The run was asked to stop by other means than the page. */
  stopping(): void;
  /** Shows how the run has ended, and closes the page's streams. */
  close(end: RunSummary | { readonly error: unknown }): Promise<void>;
}

/** Stages report four times a second; pages are told half as often. */
const STATS_EVERY_MS = 500;

/**
 * Serves the live page of a run. The thread of the server should not be the one that trains: a step may block that.
 *
 * @throws EsrganError `PORT`, `PAGE_MISSING`
 * @example
 * const page = await openLive(pipeline);
 * console.log(page.url);
 * const run = runPipeline(pipeline, { pairsEveryMs: 3000 });
 * page.follow(run);
 * await page.close(await run.done);
 */
export async function openLive(pipeline: Pipeline, options: LiveOptions = {}): Promise<LivePage> {
  const experiment = experimentOf(pipeline);
  const watched = new Watched({
    name: pipeline.name,
    command: options.command,
    steered: true,
    trains: pipeline.sink.kind === 'train',
    options: pipeline.text ?? pipeline.given?.at(-1)?.text,
  });
  const shelf = new PairShelf();
  const live = new Following(watched, shelf, experiment);
  const routes = [
    ...pageRoutes('live', pipeline.name),
    ...runRoutes('', async () => ({ watched, experiment })),
    pairRoute(shelf),
    askRoute(live),
  ];
  const { port, host, onDefect } = options;
  const server = await openUi({ routes, port, host, onDefect });
  return {
    url: server.url,
    open: server.open,
    follow: (run) => live.follow(run),
    stopping: () => live.stopping(),
    close: async (end) => {
      live.end(end);
      watched.hub.close();
      await server.close();
    },
  };
}

/** The folder of the experiment, where the run trains. */
function experimentOf({ sink, name }: Pipeline): string | undefined {
  if (sink.kind !== 'train') return undefined;
  return path.resolve(sink.options.path.experiments_root, sink.options.name ?? name);
}

class Following {
  #controls?: RunControls;
  #statsAt = 0;
  readonly #subscriptions: Subscription[] = [];

  constructor(
    readonly watched: Watched,
    readonly shelf: PairShelf,
    readonly experiment: string | undefined,
  ) {}

  follow({ events, pairs, controls }: LiveSource): void {
    this.#controls = controls;
    this.#subscriptions.push(
      events.subscribe((event) => this.#event(event)),
      pairs.subscribe((pair) => this.watched.tell({ type: 'pair', pair: this.shelf.add(pair) })),
    );
  }

  ask(what: keyof RunControls): void {
    if (!this.#controls) throw tooEarly();
    this.#controls[what]();
    if (what === 'stop') this.stopping();
  }

  stopping(): void {
    this.watched.tell({ type: 'phase', at: Date.now(), phase: 'stopping' });
  }

  end(end: RunSummary | { readonly error: unknown }): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    const at = Date.now();
    if (!('error' in end)) this.watched.tell({ type: 'phase', at, phase: end.stopped ? 'stopped' : 'ended' });
    else {
      const text = end.error instanceof Error ? end.error.message : String(end.error);
      this.watched.tell({ type: 'phase', at, phase: 'failed', text });
    }
  }

  #event(event: RunEvent): void {
    // The account of the end is long, and the page has it already.
    if (event.type === 'end' || (event.type === 'file' && event.outcome === 'used')) return;
    if (event.type === 'stats') {
      if (event.elapsedMs - this.#statsAt < STATS_EVERY_MS) return;
      this.#statsAt = event.elapsedMs;
    }
    this.watched.tell({ type: 'run', at: Date.now(), event });
    if (event.type === 'validation') this.#photographs().catch(() => undefined);
  }

  async #photographs(): Promise<void> {
    if (this.experiment === undefined) return;
    const photographs = await photographsOf(this.experiment);
    this.watched.tell({ type: 'photographs', photographs });
  }
}

const tooEarly = (): EsrganError =>
  new EsrganError('TOO_EARLY', 'the run has not begun yet', { remedy: 'Try again in a moment.' });

function askRoute(live: Following): Route {
  const body = z.strictObject({ ask: z.enum(asks) });
  return {
    method: 'POST',
    path: '/api/ask',
    handle: (request) => {
      live.ask(request.json(body).ask);
      return { empty: true };
    },
  };
}

function pairRoute(shelf: PairShelf): Route {
  return {
    method: 'GET',
    path: '/api/pairs/:id/:file',
    handle: async ({ params: { id = '', file } }) => {
      const which = file === 'gt.png' ? 'gt' : file === 'lq.png' ? 'lq' : undefined;
      const bytes = which && /^\d{1,15}$/.test(id) ? await shelf.png(Number(id), which) : undefined;
      if (!bytes) throw notFound();
      // Numbers begin anew with the next run at this port, so it must not be kept.
      return { bytes, type: 'image/png' };
    },
  };
}
