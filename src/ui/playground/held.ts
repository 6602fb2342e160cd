import type { Chain, ChainStep } from '../../degradations/chain.js';
import type { Moved } from './paths.js';
import { keyOf } from './paths.js';
import { flat } from './tree.js';
import type { Held, Origin, StepNode } from './wire.js';

/** Seeds that draw for a step by itself. */
export interface Seeds {
  readonly sample: string;
  /** Shared by a batch. */
  readonly batch?: string;
}

export const ownOrigin = ({ per, stream = '' }: StepNode, { sample, batch }: Seeds): Origin => ({
  seed: per === 'batch' ? (batch ?? sample) : sample,
  stream,
});

export interface HeldChain {
  readonly chain: Chain;
  /** The key of the step that a step of the chain stands for. */
  readonly keys: ReadonlyMap<ChainStep, string>;
}

/** The chain in which held steps draw what they drew. */
export function holding(chain: Chain, tree: readonly StepNode[], held: Held): HeldChain {
  const keys = new Map<ChainStep, string>();
  const all = (steps: readonly ChainStep[], nodes: readonly StepNode[]): ChainStep[] =>
    steps.map((step, i) => {
      const { key, steps: inner } = nodes[i];
      const kept = { ...step, ...held[key] };
      const made: ChainStep = kept.kind === 'operator' ? kept : { ...kept, steps: all(kept.steps, inner) };
      keys.set(made, key);
      return made;
    });
  return { chain: { ...chain, steps: all(chain.steps, tree) }, keys };
}

/** What is held after an edit: an edit changes what was edited, and never what other steps have drawn. */
export function carried(
  before: readonly StepNode[],
  after: readonly StepNode[],
  moved: Moved,
  held: Held,
  seeds: Seeds,
): Held {
  const streams = new Map(flat(after).map(({ key, stream }) => [key, stream]));
  const kept: Record<string, Origin> = {};
  for (const step of flat(before)) {
    const path = moved(step.path);
    const key = path && keyOf(path);
    if (key === undefined || !streams.has(key)) continue;
    const origin = held[step.key] ?? ownOrigin(step, seeds);
    if (step.stream !== undefined && (step.key in held || streams.get(key) !== step.stream))
      kept[key] = origin;
  }
  return kept;
}
