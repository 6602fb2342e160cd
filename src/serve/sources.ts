import pLimit from 'p-limit';
import type { Lease } from '../flow/index.js';
import type { SampleStep } from '../plan/steps.js';
import type { Visit } from '../plan/types.js';
import type { StageContext } from '../stages/context.js';
import { Crop, type MissingSample } from '../stages/decode/crop.js';
import type { DecoderOptions } from '../stages/decode/decode.js';
import { Decoder, type OpenSource } from '../stages/decode/decoder.js';
import { layOut, modeOf, planeOf } from '../stages/decode/layout.js';

/** The arena gives memory in multiples of it. */
const BLOCK = 64;

interface Entry {
  readonly key: symbol;
  readonly source: OpenSource;
  /** Crops that are cut from it or are about to be. */
  uses: number;
  lastUse: number;
}

/**
 * The decoded photographs that all readers share, in one arena. A photograph is decoded for whoever needs it first and
 * stays while there is room; those that no reader's plan has open leave first, then those that have rested longest.
 * So memory does not depend on the number of readers, and readers that go through the plan side by side decode once.
 *
 * No deadlock: a crop needs one photograph at a time and is degraded without waiting for anything; memory is asked for
 * in turn, and while one waits for it no further crop is cut, so that all others come to rest and may leave.
 */
export class SharedSources {
  /** Photographs decoded so far, repeated ones included. */
  decoded = 0;
  readonly #entries = new Map<Visit, Entry>();
  /** How many openings of readers' plans wait for samples of a photograph. */
  readonly #wanted = new Map<Visit, number>();
  /** Those of them that are not decoded yet, in the order in which they were asked for. */
  readonly #coming = new Set<Visit>();
  readonly #turn = pLimit(1);
  readonly #decoder: Decoder;
  #needed = 0;
  #clock = 0;
  #looking = false;

  constructor(
    readonly options: DecoderOptions,
    ctx: StageContext,
  ) {
    this.#decoder = new Decoder(options, ctx, ctx.signal);
  }

  /** Samples of it will be asked for: it is decoded ahead of time, as soon as that drives nobody out. */
  want(visit: Visit): void {
    this.#wanted.set(visit, (this.#wanted.get(visit) ?? 0) + 1);
    if (this.#entries.has(visit)) return;
    this.#coming.add(visit);
    this.#lookAhead();
  }

  /** As often as `want`, when the last sample has been asked for. */
  unwant(visit: Visit): void {
    const left = (this.#wanted.get(visit) ?? 1) - 1;
    if (left > 0) this.#wanted.set(visit, left);
    else {
      this.#wanted.delete(visit);
      this.#coming.delete(visit);
      this.#lookAhead();
    }
  }

  /** The pixels of a sample; release the crop when they have been used. */
  async crop({ sample }: SampleStep, visit: Visit, lease: Lease): Promise<Crop | MissingSample> {
    const entry = await this.#turn(async () => {
      const found = this.#entries.get(visit) ?? (await this.#enter(visit));
      found.uses++;
      return found;
    });
    const { block, ready } = entry.source;
    let layout: Awaited<typeof ready> | undefined;
    try {
      layout = await ready;
    } finally {
      if (typeof layout !== 'object') this.#rest(entry);
    }
    if (typeof layout === 'string' || !block) return { sample, lease, missing: String(layout) };
    const plane = planeOf(layout, sample.window.scale.tag);
    return new Crop(sample, lease, block, plane, () => this.#rest(entry), layout.lq);
  }

  close(): void {
    this.#decoder.close();
  }

  #bytes(visit: Visit): number {
    return Math.ceil(layOut(visit, modeOf(this.options.resampler)).bytes / BLOCK) * BLOCK;
  }

  /** Opens what will be needed next, one after the other, while there is room for it. */
  #lookAhead(): void {
    const next = (): Visit | undefined => {
      const [visit] = this.#coming;
      return visit && this.#fits(visit) ? visit : undefined;
    };
    if (this.#looking || !next()) return;
    this.#looking = true;
    this.#turn(async () => {
      const visit = next();
      if (visit) await this.#enter(visit);
    })
      // The run is being stopped, which whoever asks for a crop learns.
      .catch(() => this.#coming.clear())
      .finally(() => {
        this.#looking = false;
        this.#lookAhead();
      });
  }

  async #enter(visit: Visit): Promise<Entry> {
    this.#coming.delete(visit);
    const key = Symbol(visit.source.id);
    this.#needed = this.#bytes(visit);
    this.#makeRoom();
    const source = await this.#decoder.open({
      kind: 'open',
      key,
      visit,
      samples: Number.POSITIVE_INFINITY,
    });
    this.#needed = 0;
    this.decoded++;
    // In use while it is being decoded.
    const entry: Entry = { key, source, uses: 1, lastUse: this.#clock++ };
    this.#entries.set(visit, entry);
    source.ready
      .then((layout) => typeof layout === 'string' && this.#entries.delete(visit))
      .catch(() => {})
      .finally(() => this.#rest(entry));
    return entry;
  }

  #rest(entry: Entry): void {
    entry.uses--;
    entry.lastUse = this.#clock++;
    if (this.#needed > 0) this.#makeRoom();
    this.#lookAhead();
  }

  /** Whether it finds room beside all that is wanted or in use. */
  #fits(visit: Visit): boolean {
    let kept = 0;
    for (const [other, entry] of this.#entries)
      if (this.#wanted.has(other) || entry.uses > 0) kept += entry.source.block?.bytes ?? 0;
    return kept + this.#bytes(visit) <= this.options.arena.capacity;
  }

  #makeRoom(): void {
    const { arena } = this.options;
    const enough = (): boolean =>
      this.#needed > arena.capacity ? arena.held === 0 : arena.held + this.#needed <= arena.capacity;
    while (!enough()) {
      const [visit, entry] = this.#leastNeeded() ?? [];
      if (!visit || !entry) return;
      this.#entries.delete(visit);
      this.#decoder.forget(entry.key);
    }
  }

  #leastNeeded(): [Visit, Entry] | undefined {
    const idle = [...this.#entries].filter(([, { uses }]) => uses === 0);
    const rank = ([visit, { lastUse }]: [Visit, Entry]): number =>
      lastUse + (this.#wanted.has(visit) ? Number.MAX_SAFE_INTEGER / 2 : 0);
    return idle.reduce<[Visit, Entry] | undefined>(
      (least, entry) => (least && rank(least) <= rank(entry) ? least : entry),
      undefined,
    );
  }
}
