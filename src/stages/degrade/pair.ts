import { applyChain, type Picture } from '../../degradations/apply.js';
import type { Applied } from '../../degradations/apply-operator.js';
import type { Chain, OperatorStep } from '../../degradations/chain.js';
import { bytesToFloat, copyBytes, floatToBytes } from '../../degradations/convert.js';
import type { FloatImage, Size } from '../../degradations/define.js';
import { drawChain } from '../../degradations/draw.js';
import type { ImagePool } from '../../degradations/image-pool.js';
import { chainReach } from '../../degradations/reach.js';
import { EsrganError } from '../../errors.js';
import type { Pixels } from '../../images/pixels.js';
import { createRng, deriveSeed } from '../../random/rng.js';
import type { PairRecord } from '../../training/batch.js';
import { orientedSize, partOf, type Region, regionAround, walkThrough, within } from './window.js';

/** What pairs are to look like; the words of the batch stage. */
export interface PairPlan {
  /** Super-resolution factor. */
  readonly scale: number;
  /** Edge of the gt window in pixels, a multiple of `scale`; the whole crop without it. */
  readonly gt_size?: number;
  readonly use_hflip: boolean;
  readonly use_rot: boolean;
  /** Pairs in a batch, and the run's seed: what a batch shares is drawn from them. */
  readonly size?: number;
  readonly seed?: number;
}

/** What identifies a crop and seeds its draws. */
export interface PairSample {
  readonly id: string;
  readonly seed: string;
  readonly epoch: number;
  /** Place in the run, which tells the batch; without it nothing is shared. */
  readonly position?: number;
}

/** What the caller lends. */
export interface PairTools {
  readonly pool: ImagePool;
  /** Where gt and lq are to be written (uint8, HWC, RGB); new arrays without them. */
  readonly gt?: Uint8Array;
  readonly lq?: Uint8Array;
  readonly warn?: (message: string) => void;
  /** Sees the image after every operator; the gt window is the part `shown` of it, in its own pixels (rounded). */
  readonly after?: (step: Applied, image: FloatImage, shown: Region, picture: Picture) => void;
}

/** A training pair: uint8, HWC, RGB. */
export interface Pair {
  readonly record: PairRecord;
  readonly gt: Uint8Array;
  readonly gtSize: Size;
  readonly lq: Uint8Array;
  readonly lqSize: Size;
}

/**
 * All draws for a pair from a crop of that size: flips, window, parameters. Whole crops are recorded with
 * window size 0. `drew` is told which step of the chain each entry comes from. Throws EsrganError CROP_TOO_SMALL
 * or GT_SIZE.
 */
export function drawPair(
  crop: Size,
  sample: PairSample,
  plan: PairPlan,
  chain: Chain,
  drew?: (step: OperatorStep) => void,
): PairRecord {
  const { scale, gt_size: size } = plan;
  const { id, epoch, seed } = sample;
  const batch = batchSeed(sample, plan);
  const rng = createRng(deriveSeed(seed, 'augment'));
  // Always five draws, so that switching one off does not change the others.
  const [flip, flop, turn, left, top] = Array.from({ length: 5 }, () => rng.uniform());
  const hflip = plan.use_hflip && flip < 0.5;
  const vflip = plan.use_rot && flop < 0.5;
  const rot90 = plan.use_rot && turn < 0.5;
  const whole = orientedSize(crop, scale, rot90);
  requireRoom(crop, whole, id, plan);
  // The window is drawn on the lq grid, as BasicSR's paired_random_crop does.
  const place = (length: number, u: number) =>
    size === undefined ? 0 : Math.floor(u * ((length - size) / scale + 1)) * scale;
  const shared = chain.reference && batch ? createRng(deriveSeed(batch, 'augment')) : undefined;
  const x = place(whole.width, shared?.uniform() ?? left);
  const y = place(whole.height, shared?.uniform() ?? top);
  return {
    ...{ id, epoch, seed },
    augment: { hflip, vflip, rot90, x, y, size: size ?? 0 },
    degradations: drawChain(chain, seed, { id, scale, ...whole, ...(batch && { batch }) }, drew),
  };
}

function batchSeed({ position }: PairSample, { seed = 0, size }: PairPlan): string | undefined {
  if (position === undefined || size === undefined) return undefined;
  return deriveSeed(`${seed}`, `batch ${Math.floor(position / size)}`);
}

/**
 * The pixels of a pair from its crop and its record alone; the same bytes whenever and wherever it runs. gt
 * keeps the bytes of the crop unless a step is applied to it. Only the window and the margin that the
 * operators need are degraded.
 */
export async function renderPair(
  crop: Pixels,
  record: PairRecord,
  scale: number,
  chain: Chain,
  tools: PairTools,
): Promise<Pair> {
  const { augment, degradations } = record;
  const whole = orientedSize(crop, scale, augment.rot90);
  const everything: Region = { x: 0, y: 0, ...whole };
  const kept: Region = augment.size ? { ...augment, width: augment.size, height: augment.size } : everything;
  const reach = chainReach(chain, degradations, record.id, { scale, gt: whole });
  const around = (margin: number) =>
    chain.reference ? everything : regionAround(kept, margin, whole, scale);
  const source = around(Math.max(reach.gt, reach.fork + reach.lq));
  const lqSource = around(reach.lq);

  const image = tools.pool.take(source.width, source.height);
  bytesToFloat(crop.data, walkThrough(crop, scale, augment, source), image);
  const made = await applyChain(chain, image, degradations, {
    id: record.id,
    scale,
    pool: tools.pool,
    warn: tools.warn ?? (() => {}),
    lqFrom: within(lqSource, source),
    after: (step, seen, picture) =>
      tools.after?.(step, seen, partOf(picture === 'gt' ? source : lqSource, kept, seen), picture),
  });

  const gt = tools.gt ?? new Uint8Array(3 * kept.width * kept.height);
  if (made.gt) floatToBytes(made.gt, within(kept, source), gt);
  else copyBytes(crop.data, walkThrough(crop, scale, augment, kept), kept.width, kept.height, gt);
  const lqSize = { width: kept.width / scale, height: kept.height / scale };
  const lq = tools.lq ?? new Uint8Array(3 * lqSize.width * lqSize.height);
  const corner = { x: (kept.x - lqSource.x) / scale, y: (kept.y - lqSource.y) / scale };
  floatToBytes(made.lq, { ...corner, ...lqSize }, lq);
  if (made.gt) tools.pool.give(made.gt);
  tools.pool.give(made.lq);
  return { record, gt, gtSize: { width: kept.width, height: kept.height }, lq, lqSize };
}

/** Draws and renders a pair. */
export function makePair(
  crop: Pixels,
  sample: PairSample,
  plan: PairPlan,
  chain: Chain,
  tools: PairTools,
): Promise<Pair> {
  return renderPair(crop, drawPair(crop, sample, plan, chain), plan.scale, chain, tools);
}

function requireRoom(crop: Size, whole: Size, id: string, { scale, gt_size: size }: PairPlan): void {
  if (size !== undefined && size % scale !== 0) {
    throw new EsrganError('GT_SIZE', `gt_size ${size} is not a multiple of scale ${scale}`, {
      remedy: `Use ${Math.max(scale, Math.round(size / scale) * scale)}.`,
    });
  }
  if (Math.min(whole.width, whole.height) >= Math.max(size ?? 1, 1)) return;
  const least = size === undefined ? `scale ${scale}` : `gt_size ${size}`;
  throw new EsrganError(
    'CROP_TOO_SMALL',
    `crop ${id} of ${crop.width}x${crop.height} is smaller than ${least}`,
    {
      remedy: `Cut larger crops (crop: size), or lower ${size === undefined ? 'scale' : 'gt_size'}.`,
    },
  );
}
