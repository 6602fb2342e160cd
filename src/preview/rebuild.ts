import type { Pipeline } from '../config/pipeline-file.js';
import type { Chain, OperatorStep } from '../degradations/chain.js';
import { copyBytes, floatToBytes } from '../degradations/convert.js';
import type { FloatImage, Size } from '../degradations/define.js';
import { createImagePool, type ImagePool } from '../degradations/image-pool.js';
import { EsrganError } from '../errors.js';
import type { Pixels } from '../images/pixels.js';
import { resample } from '../images/resample/resample.js';
import { chainOf } from '../pipeline/chain.js';
import { pairPlan } from '../pipeline/stream.js';
import type { Sample, Window } from '../plan/types.js';
import { cut } from '../stages/crop/cut.js';
import { drawPair } from '../stages/degrade/draw-pair.js';
import type { DegradeOptions } from '../stages/degrade/options.js';
import { renderPair } from '../stages/degrade/pair.js';
import { type Region, walkThrough } from '../stages/degrade/window.js';
import { readPhotograph } from '../stages/discover/read-photograph.js';
import type { PairRecord } from '../training/batch.js';
import type { TracedPair, TracedStep } from './types.js';

/** Makes pairs of a pipeline one by one, outside its stream. */
export interface Rebuilder {
  /** The chain of the degrade stage. */
  readonly chain: Chain;
  /** All that is drawn for a sample; no pixels are read. `drew` as in drawChain. */
  draw(sample: Sample, drew?: (step: OperatorStep) => void): PairRecord;
  /** The pair and the image after every operator, from the record alone. */
  rebuild(sample: Sample, record: PairRecord): Promise<TracedPair>;
}

/** The options of the degrade stage. Throws EsrganError NO_DEGRADE when the pipeline has none. */
export function degradeOf({ stages, name, file }: Pipeline): DegradeOptions {
  if (stages.degrade) return stages.degrade;
  throw new EsrganError('NO_DEGRADE', `pipeline ${name} makes no pairs`, {
    place: { file },
    remedy: 'Add the stage degrade, e.g. `- degrade: { preset: bicubic }`.',
  });
}

/** Throws EsrganError NO_DEGRADE when the pipeline has no degrade stage. */
export async function createRebuilder(pipeline: Pipeline): Promise<Rebuilder> {
  const { scale } = pipeline;
  const chain = await chainOf(pipeline, degradeOf(pipeline));
  const plan = pairPlan(pipeline);
  const pool = createImagePool();

  return {
    chain,
    draw({ id, seed, epoch, position, drawnAt = position, window }, drew) {
      return drawPair(window, { id, seed, epoch, position: drawnAt }, plan, chain, drew);
    },
    async rebuild(sample, record) {
      const photograph = await readPhotograph(sample.source, pipeline.source);
      const crop = await cropOf(photograph, sample.window, pipeline);
      return tracePair(crop, record, sample.source.path, { scale, chain, pool });
    },
  };
}

/** What a pair is made with. */
interface Making {
  readonly scale: number;
  readonly chain: Chain;
  readonly pool: ImagePool;
}

/** The pair of a crop and the image after every operator, from its record alone. */
export async function tracePair(
  crop: Pixels,
  record: PairRecord,
  source: string,
  { scale, chain, pool }: Making,
): Promise<TracedPair> {
  const steps: TracedStep[] = [];
  const warnings: string[] = [];
  const rows = new Map<object, number>(record.degradations.map((drawn, i) => [drawn, i]));
  const pair = await renderPair(crop, record, scale, chain, {
    pool,
    warn: (message) => void warnings.push(message),
    after: (step, image, shown, picture) => {
      const { name, params, on } = step;
      const side = on === 'gt' || on === 'both' ? on : 'lq';
      steps.push({ name, params, on: side, picture, image: shot(image, shown), row: rows.get(step) });
    },
  });
  return {
    record,
    source,
    original: originalOf(crop, record, scale, pair.gtSize),
    gt: rgb(pair.gt, pair.gtSize),
    lq: rgb(pair.lq, pair.lqSize),
    steps,
    warnings,
  };
}

function originalOf(crop: Pixels, { augment }: PairRecord, scale: number, size: Size): Pixels {
  const { width, height } = size;
  const data = new Uint8Array(3 * width * height);
  const { x, y } = augment;
  copyBytes(crop.data, walkThrough(crop, scale, augment, { x, y, width, height }), width, height, data);
  return rgb(data, size);
}

const rgb = (data: Uint8Array, { width, height }: Size): Pixels => ({
  data,
  width,
  height,
  channels: 3,
  stride: 3 * width,
});

function shot(image: FloatImage, shown: Region): Pixels {
  const data = new Uint8Array(3 * shown.width * shown.height);
  floatToBytes(image, shown, data);
  return rgb(data, shown);
}

/** The pixels of a window of a photograph: the same bytes as those in the arena of a run. */
export async function cropOf(photograph: Pixels, window: Window, { stages }: Pipeline): Promise<Pixels> {
  const { width, height } = window.scale;
  const copy = await resample(photograph, width, height, stages.multiscale?.resampler ?? 'lanczos');
  return cut(copy, window);
}
