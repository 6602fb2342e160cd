import { type ErrorDetails, EsrganError } from '../errors.js';
import type { Degradation, Json } from './define.js';
import type { Range } from './range.js';

/** Which picture of a pair a step changes. lq is made from gt as it is when the first step on lq comes. */
export type Target = 'gt' | 'lq' | 'both';

/** Whose draws a step shares: every pair has its own, or those of a batch have the same. */
export type Per = 'sample' | 'batch';

/** One operator of a chain with its validated options. */
export interface OperatorStep {
  readonly kind: 'operator';
  readonly operator: Degradation;
  readonly options: unknown;
  readonly on: Target;
  readonly per: Per;
  /** Probability with which the step is applied. */
  readonly prob: number;
  /** Names its stream of random draws by its place in the chain, e.g. `blur#2` or `repeat#1/blur#1`. */
  readonly stream: string;
  /** Draws from below this seed in place of the sample's: to keep what one step has drawn while others draw anew. */
  readonly seed?: string;
}

interface Group<Kind extends string> {
  readonly kind: Kind;
  readonly steps: readonly ChainStep[];
  /** Of the choice, order or number of rounds; the steps within have their own. */
  readonly per: Per;
  readonly prob: number;
  readonly stream: string;
  readonly seed?: string;
}

/** All of `steps`, one after the other. */
export type SequenceStep = Group<'sequence'>;

/** All of `steps`, in an order that is drawn; every order is equally likely. */
export type ShuffleStep = Group<'shuffle'>;

/** One of `steps`, drawn with probabilities proportional to `weights`. */
export interface OneOfStep extends Group<'one_of'> {
  readonly weights: readonly number[];
}

/** All of `steps`, as often as is drawn from `times`; every round has draws of its own. */
export interface RepeatStep extends Group<'repeat'> {
  readonly times: Range;
}

export type ChainStep = OperatorStep | SequenceStep | ShuffleStep | OneOfStep | RepeatStep;

/** What to do to make lq from gt: data that can be printed and compared; frozen. */
export interface Chain {
  readonly steps: readonly ChainStep[];
  /** Every operator that may occur, by name: with it, drawn parameters alone can be applied again. */
  readonly operators: ReadonlyMap<string, Degradation>;
  /**
   * Whether a batch shares the place of its gt windows and operators see whole crops, as in the original; else
   * every pair has a window of its own, and only that and its margin are degraded.
   */
  readonly reference: boolean;
}

/** An operator that is to be applied, with its drawn parameters: a row of provenance. */
export interface Drawn {
  readonly name: string;
  readonly params: Json;
  /** What it is applied to; lq without it. */
  readonly on?: Exclude<Target, 'lq'>;
}

/** An operator before it has its place in a chain. */
export interface PlainOperator {
  readonly kind?: 'operator';
  readonly operator: Degradation;
  readonly options: unknown;
  readonly prob: number;
  /** lq without it. */
  readonly on?: Target;
  /** sample without it. */
  readonly per?: Per;
}

/** Steps that belong together, before they have their place in a chain. */
export type PlainGroup = {
  readonly steps: readonly PlainStep[];
  readonly prob: number;
  /** sample without it. */
  readonly per?: Per;
  /** Names the streams below it instead of its kind: the preset that it stands for. */
  readonly label?: string;
} & (
  | { readonly kind: 'sequence' | 'shuffle' }
  | { readonly kind: 'one_of'; readonly weights: readonly number[] }
  | { readonly kind: 'repeat'; readonly times: Range }
);

export type PlainStep = PlainOperator | PlainGroup;

/**
 * Puts steps into a chain. The streams of random draws are numbered per operator and within their group, so
 * that adding a step of another kind, or any step to a group, does not change what the others draw.
 *
 * @throws EsrganError PLUGIN_NAME when two operators share a name, DEGRADATION_ON when one that changes the
 * size is to be applied to gt
 */
export function makeChain(plain: readonly PlainStep[], { reference = false } = {}): Chain {
  const operators = new Map<string, Degradation>();
  return Object.freeze({ steps: placed(plain, '', operators), operators, reference });
}

function placed(
  plain: readonly PlainStep[],
  scope: string,
  operators: Map<string, Degradation>,
): readonly ChainStep[] {
  const counts = new Map<string, number>();
  const streamOf = (name: string): string => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${scope}${name}#${count}`;
  };
  const steps = plain.map((step): ChainStep => {
    if (!('operator' in step)) {
      const { label, per = 'sample', ...group } = step;
      const stream = streamOf(label ?? `<${step.kind}>`);
      return Object.freeze({ ...group, per, stream, steps: placed(step.steps, `${stream}/`, operators) });
    }
    const { operator, options, prob, on = 'lq', per = 'sample' } = step;
    register(operator, on, operators);
    return Object.freeze({
      kind: 'operator',
      operator,
      options,
      prob,
      on,
      per,
      stream: streamOf(operator.name),
    });
  });
  return Object.freeze(steps);
}

function register(operator: Degradation, on: Target, operators: Map<string, Degradation>): void {
  const { name } = operator;
  if ((operators.get(name) ?? operator) !== operator) {
    throw new EsrganError('PLUGIN_NAME', `two different degradations are called ${name}`, {
      remedy: 'Give the plug-in a name of its own.',
    });
  }
  requireTarget(operator, on);
  operators.set(name, operator);
}

/** Throws EsrganError DEGRADATION_ON when an operator that changes the size is to be applied to gt. */
export function requireTarget({ name, size }: Degradation, on: Target, details?: ErrorDetails): void {
  if (on === 'lq' || !size) return;
  throw new EsrganError('DEGRADATION_ON', `${name} changes the size and cannot be applied to gt`, {
    remedy: `Leave out \`on: ${on}\`.`,
    ...details,
  });
}
