import { EsrganError } from '../errors.js';
import type { Degradation, Json } from './define.js';

/** One operator of a chain with its validated options. */
export interface OperatorStep {
  readonly kind: 'operator';
  readonly operator: Degradation;
  readonly options: unknown;
  /** Probability with which it is applied. */
  readonly prob: number;
  /** Names its stream of random draws: the operator and its how-manieth occurrence, e.g. `blur#2`. */
  readonly stream: string;
}

/** Room for `one_of`, `shuffle` and `repeat`: further kinds that hold steps themselves. */
export type ChainStep = OperatorStep;

/** What to do to make lq from gt: data that can be printed and compared; frozen. */
export interface Chain {
  readonly steps: readonly ChainStep[];
  /** Every operator that may occur, by name: with it, drawn parameters alone can be applied again. */
  readonly operators: ReadonlyMap<string, Degradation>;
}

/** An operator that is to be applied, with its drawn parameters: a row of provenance. */
export interface Drawn {
  readonly name: string;
  readonly params: Json;
}

/** A step before it has its place in a chain. */
export interface PlainStep {
  readonly operator: Degradation;
  readonly options: unknown;
  readonly prob: number;
}

/**
 * Puts steps into a chain. The streams of random draws are numbered per operator, so that adding a step of
 * another kind does not change what the others draw.
 */
export function makeChain(plain: readonly PlainStep[]): Chain {
  const operators = new Map<string, Degradation>();
  const counts = new Map<string, number>();
  const steps = plain.map((step): ChainStep => {
    const { name } = step.operator;
    if ((operators.get(name) ?? step.operator) !== step.operator) {
      throw new EsrganError('PLUGIN_NAME', `two different degradations are called ${name}`, {
        remedy: 'Give the plug-in a name of its own.',
      });
    }
    operators.set(name, step.operator);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return Object.freeze({ kind: 'operator', ...step, stream: `${name}#${count}` });
  });
  return Object.freeze({ steps: Object.freeze(steps), operators });
}
