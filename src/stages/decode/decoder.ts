import pLimit from 'p-limit';
import { type Block, Budget, type Lease } from '../../flow/index.js';
import { readPixels } from '../../images/read.js';
import { reflectPad } from '../../images/reflect.js';
import { resample } from '../../images/resample/resample.js';
import { copyInto } from '../../images/view.js';
import { heldScales, type OpenStep, type SampleStep } from '../../plan/steps.js';
import type { Visit } from '../../plan/types.js';
import type { StageContext } from '../context.js';
import { Crop, type MissingSample, type Plane } from './crop.js';
import type { DecodeOptions } from './decode.js';

interface OpenSource {
  readonly block?: Block;
  /** Resolves with the reason when the source could not be decoded. */
  readonly ready: Promise<Map<string, Plane> | string>;
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
    readonly options: DecodeOptions,
    readonly ctx: StageContext,
    readonly signal: AbortSignal,
  ) {
    this.#limit = pLimit(options.threads);
    this.#transient = new Budget(options.arena.capacity * TRANSIENT_SHARE);
    if (options.meter) options.meter.concurrency = options.threads;
  }

  /** Waits for memory, then starts decoding and returns. */
  async open(step: OpenStep): Promise<void> {
    const { visit } = step;
    const known = this.#unreadable.get(visit.source.path);
    if (known !== undefined) {
      this.#open.set(step.key, { ready: Promise.resolve(known), left: step.samples });
      return;
    }
    const { planes, bytes } = layout(visit);
    const block = await this.options.arena.take(bytes, this.signal);
    const ready = this.#limit(() => this.#decode(visit, block, planes));
    // Whoever waits for it learns of a failure; after a stop nobody does.
    ready.catch(() => {});
    this.#open.set(step.key, { block, ready, left: step.samples });
  }

  async crop({ key, sample }: SampleStep, lease: Lease): Promise<Crop | MissingSample> {
    const source = this.#open.get(key) as OpenSource;
    const planes = await source.ready;
    const done = (): void => {
      if (--source.left > 0) return;
      source.block?.release();
      this.#open.delete(key);
    };
    if (typeof planes === 'string' || !source.block) {
      done();
      return { sample, lease, missing: String(planes) };
    }
    return new Crop(sample, lease, source.block, planes.get(sample.window.scale.tag) as Plane, done);
  }

  /** Gives back all memory that no crop holds any more. */
  close(): void {
    this.#limit.clearQueue();
    for (const source of this.#open.values())
      source.ready.finally(() => source.block?.release()).catch(() => {});
  }

  async #decode(
    visit: Visit,
    block: Block,
    planes: Map<string, Plane>,
  ): Promise<Map<string, Plane> | string> {
    const { source } = visit;
    const { meter, background, resampler } = this.options;
    const lease = await this.#transient.acquire(source.width * source.height * source.channels, this.signal);
    if (meter) meter.in++;
    try {
      const work = async (): Promise<void> => {
        const full = await readPixels(source, { background });
        for (const { scale } of heldScales(visit)) {
          const same = scale.width === full.width && scale.height === full.height;
          const pixels = same ? full : await resample(full, scale.width, scale.height, resampler);
          const plane = planes.get(scale.tag) as Plane;
          const memory = new Uint8Array(block.buffer, block.offset + plane.offset);
          copyInto(reflectPad(pixels, plane.width, plane.height), memory);
        }
      };
      await (meter ? meter.time(work) : work());
      return planes;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const reason = message.replace(`${source.path}: `, '');
      this.#unreadable.set(source.path, reason);
      this.ctx.file({ path: source.path, outcome: 'failed', reason, notes: source.notes });
      block.release();
      return reason;
    } finally {
      if (meter) meter.out++;
      lease.release();
    }
  }
}

/** The scales of a visit one after the other; those smaller than their windows are padded. */
function layout(visit: Visit): { planes: Map<string, Plane>; bytes: number } {
  const planes = new Map<string, Plane>();
  let bytes = 0;
  for (const { scale, width, height } of heldScales(visit)) {
    const plane: Plane = { offset: bytes, width, height, channels: visit.source.channels };
    planes.set(scale.tag, plane);
    bytes += plane.width * plane.height * plane.channels;
  }
  return { planes, bytes };
}
