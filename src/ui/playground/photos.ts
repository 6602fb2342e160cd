import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Pipeline } from '../../config/pipeline-file.js';
import { EsrganError } from '../../errors.js';
import { sharpInput } from '../../images/input.js';
import type { Pixels } from '../../images/pixels.js';
import { probe } from '../../images/probe.js';
import { pack } from '../../images/view.js';
import { sampleMaker, samplesPerEpoch } from '../../plan/epochs.js';
import type { Sample, Source, Visit, Window } from '../../plan/types.js';
import { cropOf } from '../../preview/rebuild.js';
import { allVisits, positionsOf } from '../../preview/samples.js';
import { Refusal } from '../../refusal.js';
import { bytesElsewhere } from '../../stages/discover/access.js';
import { readPhotograph } from '../../stages/discover/read-photograph.js';
import { notFound } from '../not-found.js';
import { Recent } from './recent.js';
import type { PhotoEntry } from './wire.js';

const LARGEST_DROPPED = 64e6;
const MOST_DROPPED = 16;
const THUMB_EDGE = 176;
/** Larger runs are not walked through to find which pairs share a batch. */
const MOST_ORDERED = 200_000;

/** The photographs of a pipeline and those that were dropped on the page. */
export class Photos {
  readonly #pipeline: Pipeline;
  readonly #own: readonly Visit[];
  readonly #dropped = new Map<string, Visit>();
  readonly #folder: string;
  readonly #crops = new Recent<Promise<Pixels>>(6);
  readonly #photographs = new Recent<Promise<Pixels>>(2);
  readonly #thumbs = new Recent<Promise<Uint8Array>>(400);
  readonly #positions = new Recent<Map<string, number>>(3);
  #last = 0;

  private constructor(pipeline: Pipeline, own: readonly Visit[], folder: string) {
    this.#pipeline = pipeline;
    this.#own = own;
    this.#folder = folder;
  }

  /** Reads the headers of all photographs. Throws as discovering does. */
  static async open(pipeline: Pipeline): Promise<Photos> {
    const own = await allVisits(pipeline);
    return new Photos(pipeline, own, await mkdtemp(path.join(os.tmpdir(), 'esrgan-bench-')));
  }

  list(from: number, count: number): { readonly total: number; readonly photos: PhotoEntry[] } {
    const dropped = [...this.#dropped].reverse().map(([key, visit]) => entryOf(key, visit));
    const own = this.#own.slice(from, from + count).map((visit, i) => entryOf(`p${from + i}`, visit));
    return { total: this.#own.length, photos: from === 0 ? [...dropped, ...own] : own };
  }

  /** @throws Refusal 404 */
  visit(key: string): Visit {
    const found = this.#dropped.get(key) ?? this.#own[/^p\d{1,9}$/.test(key) ? Number(key.slice(1)) : -1];
    if (!found) throw notFound();
    return found;
  }

  /** The sample that a run makes of a window in an epoch. */
  sample(key: string, index: number, epoch: number): Sample {
    const visit = this.visit(key);
    const window = visit.windows[Math.min(index, visit.count - 1)];
    const make = sampleMaker(this.#pipeline.seed, epoch);
    const sample = make(visit, window, 0);
    const position = this.#dropped.has(key) ? undefined : this.#place(sample.id, epoch);
    return position === undefined ? { ...sample, seed: sample.seed } : make(visit, window, position);
  }

  #place(id: string, epoch: number): number | undefined {
    if (!this.#pipeline.stages.batch || samplesPerEpoch(this.#own) > MOST_ORDERED) return undefined;
    return this.#positions.get(`${epoch}`, () => positionsOf(this.#pipeline, this.#own, epoch)).get(id);
  }

  crop({ source }: Visit, window: Window): Promise<Pixels> {
    const { scale, x, y, width, height } = window;
    const key = JSON.stringify([source.path, scale.tag, x, y, width, height]);
    return this.#crops.get(key, async () =>
      pack(await cropOf(await this.#photograph(source), window, this.#pipeline)),
    );
  }

  #photograph(source: Source): Promise<Pixels> {
    return this.#photographs.get(source.path, () => readPhotograph(source, this.#pipeline.source));
  }

  /** A small JPEG. */
  thumb(key: string): Promise<Uint8Array> {
    const { source } = this.visit(key);
    return this.#thumbs.get(source.path, async () =>
      sharp((await bytesElsewhere(source, this.#pipeline.source)) ?? (await sharpInput(source.path)), {
        autoOrient: true,
        limitInputPixels: false,
      })
        .resize(THUMB_EDGE, THUMB_EDGE, { fit: 'inside' })
        .flatten({ background: '#808080' })
        .jpeg({ quality: 80 })
        .toBuffer(),
    );
  }

  /** @throws Refusal 400 when the bytes are no photograph that the pipeline can use */
  async drop(bytes: Uint8Array, name: string): Promise<PhotoEntry> {
    const key = `d${++this.#last}`;
    const file = path.join(this.#folder, key);
    await writeFile(file, bytes);
    try {
      const source = await sourceOf(file, name, this.#pipeline);
      const [visit] = await allVisits(this.#pipeline, [source]);
      if (!visit) throw unusable(name, 'the pipeline makes no crop of it');
      this.#dropped.set(key, visit);
      for (const [oldest, { source: old }] of this.#dropped) {
        if (this.#dropped.size <= MOST_DROPPED) break;
        this.#dropped.delete(oldest);
        await rm(old.path, { force: true });
      }
      return entryOf(key, visit);
    } catch (error) {
      await rm(file, { force: true });
      if (error instanceof EsrganError && !(error instanceof Refusal))
        throw unusable(name, error.message.replaceAll(file, name));
      throw error;
    }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function sourceOf(file: string, name: string, { source }: Pipeline): Promise<Source> {
  const header = await probe(file, { ...source, limit_pixels: LARGEST_DROPPED });
  if (!header.ok) throw unusable(name, header.reason);
  const { ok: _, ...rest } = header;
  return { id: name, path: file, ...rest };
}

const unusable = (name: string, reason: string): Refusal =>
  new Refusal(400, 'PHOTOGRAPH', `${name}: ${reason}`, 'Drop another photograph.');

const entryOf = (key: string, { source: { id, width, height } }: Visit): PhotoEntry => ({
  key,
  name: id,
  width,
  height,
});
