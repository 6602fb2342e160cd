import { applyChain, type Picture } from '../../degradations/apply.js';
import type { Applied } from '../../degradations/apply-operator.js';
import type { Chain } from '../../degradations/chain.js';
import { bytesToFloat, copyBytes, floatToBytes } from '../../degradations/convert.js';
import type { FloatImage, Size } from '../../degradations/define.js';
import type { ImagePool } from '../../degradations/image-pool.js';
import { chainReach } from '../../degradations/reach.js';
import type { Pixels } from '../../images/pixels.js';
import type { PairRecord } from '../../training/batch.js';
import { drawPair, type PairPlan, type PairSample } from './draw-pair.js';
import { orientedSize, partOf, type Region, regionAround, walkThrough, within } from './window.js';

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
  /** gt sharpened by USM, of the size of gt, where the plan wants it. */
  readonly gt_usm?: Uint8Array;
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
