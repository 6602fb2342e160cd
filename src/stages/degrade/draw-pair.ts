import type { Chain, OperatorStep } from '../../degradations/chain.js';
import type { Size } from '../../degradations/define.js';
import { drawChain } from '../../degradations/draw.js';
import { EsrganError } from '../../errors.js';
import { createRng, deriveSeed } from '../../random/rng.js';
import type { PairRecord } from '../../training/batch.js';
import { orientedSize } from './window.js';

/** What pairs are to look like; the words of the batch stage. */
export interface PairPlan {
  /** Super-resolution factor. */
  readonly scale: number;
  /** Edge of the gt window in pixels, a multiple of `scale`; the whole crop without it. */
  readonly gt_size?: number;
  readonly use_hflip: boolean;
  readonly use_rot: boolean;
  /** Whether gt is also wanted sharpened by USM, for losses that compare with that. */
  readonly gt_usm?: boolean;
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

/** Seed that the pairs of a batch share; nothing where there are no batches. */
export function batchSeed({ position }: PairSample, { seed = 0, size }: PairPlan): string | undefined {
  if (position === undefined || size === undefined) return undefined;
  return deriveSeed(`${seed}`, `batch ${Math.floor(position / size)}`);
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
