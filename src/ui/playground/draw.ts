import type { Pipeline } from '../../config/pipeline-file.js';
import type { Chain, ChainStep } from '../../degradations/chain.js';
import { pairPlan } from '../../pipeline/stream.js';
import type { Sample } from '../../plan/types.js';
import { batchSeed, drawPair } from '../../stages/degrade/draw-pair.js';
import type { PairRecord } from '../../training/batch.js';
import { holding, ownOrigin, type Seeds } from './held.js';
import { flat } from './tree.js';
import type { Held, StepNode } from './wire.js';

/** Edge of what is shown where a crop is larger. */
const LARGEST = 400;

export interface Drawn {
  readonly record: PairRecord;
  /** The key of the step that each row of the record comes from. */
  readonly keys: readonly string[];
}

interface Drawing {
  readonly sample: Sample;
  readonly extent: 'pair' | 'crop';
  readonly held: Held;
}

/** What is drawn for a sample: what a run draws in that epoch, but for steps that are held. */
export function drawn(
  pipeline: Pipeline,
  chain: Chain,
  tree: readonly StepNode[],
  { sample, extent, held }: Drawing,
): Drawn {
  const { chain: kept, keys } = holding(chain, tree, held);
  const steps: ChainStep[] = [];
  const plan = pairPlan(pipeline);
  const { width, height } = sample.window;
  const whole = extent === 'crop' || (plan.gt_size === undefined && Math.max(width, height) > LARGEST);
  const record = drawPair(
    sample.window,
    sample,
    whole ? { ...plan, gt_size: undefined, use_hflip: false, use_rot: false } : plan,
    kept,
    (step) => steps.push(step),
  );
  const augment = whole ? { ...record.augment, ...middle(width, height, plan.scale) } : record.augment;
  return { record: { ...record, augment }, keys: steps.map((step) => keys.get(step) ?? '') };
}

/** The middle of a crop, as far as it can be shown at once. */
function middle(width: number, height: number, scale: number): { x: number; y: number; size: number } {
  const room = Math.min(width, height, LARGEST);
  const size = room - (room % scale);
  const from = (length: number): number => Math.floor((length - size) / 2 / scale) * scale;
  return { x: from(width), y: from(height), size };
}

export const seedsOf = (pipeline: Pipeline, sample: Sample): Seeds => ({
  sample: sample.seed,
  batch: batchSeed(sample, pairPlan(pipeline)),
});

/** Whether nothing but the id and the epoch of a sample decides what is drawn. */
export const isNatural = (tree: readonly StepNode[], held: Held, seeds: Seeds): boolean =>
  flat(tree).every((step) => {
    const own = ownOrigin(step, seeds);
    const kept = held[step.key] ?? own;
    return kept.seed === own.seed && kept.stream === own.stream;
  });
