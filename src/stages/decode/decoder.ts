import pLimit from 'p-limit';
import { type Block, Budget, type Lease } from '../../flow/index.js';
import type { OpenStep, SampleStep } from '../../plan/steps.js';
import type { Source, Visit } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import { isFar } from '../discover/access.js';
import type { FetchedSource, SharedPlane } from '../workers/tasks.js';
import { Crop, type MissingSample, type Plane, placeOf } from './crop.js';
import type { DecoderOptions } from './decode.js';
import { type Layout, layOut, modeOf, planeOf } from './layout.js';

export interface OpenSource {
  readonly block?: Block;
  /** Resolves with the reason when the source could not be decoded. */
  readonly ready: Promise<Layout | string>;
  /** What `ready` has resolved with. */
  layout?: Layout | string;
  left: number;
}

/** The part of the memory that decoders may use for whole images on their way into the arena. */
const TRANSIENT_SHARE = 1 / 3;

/** Keeps the open sources of a run: their memory, their decoding and how many samples are still to come. */
export class Decoder {
  readonly #open = new Map<symbol, OpenSource>();
  readonly #unreadable = new Map<string, string>();
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #transient: Budget;

  constructor(
    readonly options: DecoderOptions,
    readonly ctx: StageContext,
    readonly signal: AbortSignal,
  ) {
    this.#limit = pLimit(options.threads);
    this.#transient = new Budget(options.arena.capacity * TRANSIENT_SHARE);
    if (options.meter) options.meter.concurrency = options.threads;
  }

  /** Waits for memory, then starts decoding and returns. */
  async open(step: OpenStep): Promise<OpenSource> {
    const { visit } = step;
    const known = this.#unreadable.get(visit.source.path);
    if (known !== undefined) return this.#keep(step, { ready: Promise.resolve(known), left: step.samples });
    const layout = layOut(visit, modeOf(this.options.resampler));
    const block = await this.options.arena.take(layout.bytes, this.signal);
    const ready = this.#decode(visit, block, layout);
    // Whoever waits for it learns of a failure; after a stop nobody does.
    ready.catch(() => {});
    return this.#keep(step, { block, ready, left: step.samples });
  }

  #keep({ key }: OpenStep, source: OpenSource): OpenSource {
    this.#open.set(key, source);
    return source;
  }

  /** Gives a source's memory back before its last sample; no crop of it may be in use. */
  forget(key: symbol): void {
    this.#open.get(key)?.block?.release();
    this.#open.delete(key);
  }

  /** The crop, or a promise of it while its source is being decoded. */
  crop(step: SampleStep, lease: Lease): Crop | MissingSample | Promise<Crop | MissingSample> {
    const source = this.#open.get(step.key) as OpenSource;
    if (source.layout !== undefined) return this.#cut(step, source, source.layout, lease);
    return source.ready.then((layout) => {
      source.layout = layout;
      return this.#cut(step, source, layout, lease);
    });
  }

  #cut(
    { key, sample }: SampleStep,
    source: OpenSource,
    layout: Layout | string,
    lease: Lease,
  ): Crop | MissingSample {
    const done = (): void => {
      if (--source.left > 0) return;
      source.block?.release();
      this.#open.delete(key);
    };
    if (typeof layout === 'string' || !source.block) {
      done();
      return { sample, lease, missing: String(layout) };
    }
    return new Crop(sample, lease, source.block, planeOf(layout, sample.window.scale.tag), done, layout.lq);
  }

  /** Gives back all memory that no crop holds any more. */
  close(): void {
    this.#limit.clearQueue();
    for (const source of this.#open.values())
      source.ready.finally(() => source.block?.release()).catch(() => {});
  }

  async #decode(visit: Visit, block: Block, layout: Layout): Promise<Layout | string> {
    const { source } = visit;
    const { meter } = this.options;
    if (meter) meter.in++;
    try {
      if (isFar(source)) await this.#readFar(source, block, layout);
      else await this.#timed(() => this.#withLease(source, 0, () => this.#read(source, block, layout)));
      return layout;
    } catch (error) {
      if (this.signal.aborted) throw error;
      const message = (error as Error).message;
      // The outcome names the file itself.
      const reason = message.replace(`${source.path}: `, '');
      this.#unreadable.set(source.path, reason);
      this.ctx.file({ path: source.path, outcome: 'failed', reason, notes: source.notes });
      block.release();
      return reason;
    } finally {
      if (meter) meter.out++;
    }
  }

  /** On one of the threads that decode. */
  #timed(read: () => Promise<void>): Promise<void> {
    const { meter } = this.options;
    return this.#limit(() => (meter ? meter.time(read) : read()));
  }

  /** Waiting for a server takes no thread. The room for both the file and its pixels is taken at once: no deadlock. */
  async #readFar(source: Source, block: Block, layout: Layout): Promise<void> {
    const { fetch } = this.options;
    if (!fetch) throw new Error('pictures on servers are not read here');
    const bytes = (source.origin?.bytes ?? 0) + (source.lq?.origin?.bytes ?? 0);
    await this.#withLease(source, bytes, async () => {
      const fetched = await fetch(source, this.signal);
      await this.#timed(() => this.#read(source, block, layout, fetched));
    });
  }

  async #withLease(source: Source, more: number, use: () => Promise<void>): Promise<void> {
    const bytes = source.width * source.height * source.channels + more;
    const lease = await this.#transient.acquire(bytes, this.signal);
    try {
      await use();
    } finally {
      lease.release();
    }
  }

  async #read(
    source: Source,
    block: Block,
    { full, copies, lq, scratch }: Layout,
    fetched?: FetchedSource,
  ): Promise<void> {
    const { arena, workers, background, resampler } = this.options;
    block.pin();
    const place = (plane: Plane): SharedPlane => {
      const { memory: _, ...where } = placeOf(block, plane);
      return { ...where, inner: plane.inner };
    };
    const task = {
      kind: 'open',
      memory: block.memory === arena.memory ? undefined : block.memory,
      source,
      ...(fetched && { fetched }),
      background,
      full: place(full),
      copies: [...copies.values()].map(place),
      lq: lq && place(lq),
      resampler,
      scratch: { offset: block.offset + scratch.offset, bytes: scratch.bytes },
    } as const;
    try {
      const transfer = [fetched?.gt, fetched?.lq].flatMap((file) => (file ? [file.buffer] : []));
      await workers.run<'open'>(task, transfer);
    } finally {
      block.unpin();
    }
  }
}
