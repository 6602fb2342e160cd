import type { Chain, ChainStep, OperatorStep } from '../degradations/chain.js';
import type { PairRecord } from '../training/batch.js';
import type { Draws, FailedSample, OperatorDraws, Tally } from './types.js';
import { leaves } from './words.js';

/** A sample's record and the step of the chain that each of its entries comes from. */
export interface Drawing {
  readonly record: PairRecord;
  readonly steps: readonly OperatorStep[];
}

interface Collected {
  samples: number;
  applied: number;
  readonly parameters: Map<string, { readonly numbers: number[]; readonly words: string[] }>;
}

/** What was drawn for many samples, per step of the chain and parameter; also steps that were never applied. */
export function gatherDraws(
  chain: Chain,
  drawings: readonly Drawing[],
  failed: readonly FailedSample[],
): Draws {
  const all = operatorsOf(chain.steps);
  const collected = new Map(
    all.map((step) => [step.stream, { samples: 0, applied: 0, parameters: new Map() }]),
  );
  for (const { record, steps } of drawings) {
    const seen = new Set<OperatorStep>();
    for (const [i, step] of steps.entries()) {
      const into: Collected = collected.get(step.stream) ?? { samples: 0, applied: 0, parameters: new Map() };
      if (!seen.has(step)) into.samples++;
      seen.add(step);
      collect(into, record.degradations[i].params);
    }
  }
  const records = drawings.map(({ record }) => record);
  return {
    samples: records.length,
    operators: all.map((step) => drawsOf(step, all, collected.get(step.stream))),
    scales: tally(records.map(({ id }) => /@([^@:]+):[^@]*$/.exec(id)?.[1] ?? 'HR')),
    orientations: tally(records.map(({ augment }) => orientation(augment))),
    failed,
  };
}

const operatorsOf = (steps: readonly ChainStep[]): OperatorStep[] =>
  steps.flatMap((step) => (step.kind === 'operator' ? [step] : operatorsOf(step.steps)));

function collect(into: Collected, params: unknown): void {
  into.applied++;
  for (const [name, value] of leaves(params)) {
    const parameter = into.parameters.get(name) ?? { numbers: [], words: [] };
    into.parameters.set(name, parameter);
    if (typeof value === 'number') parameter.numbers.push(value);
    else parameter.words.push(typeof value === 'string' ? value : value ? 'yes' : 'no');
  }
}

function drawsOf(step: OperatorStep, all: readonly OperatorStep[], collected?: Collected): OperatorDraws {
  const { name } = step.operator;
  const same = all.filter((other) => other.operator.name === name);
  return {
    name,
    occurrence: same.indexOf(step) + 1,
    occurrences: same.length,
    on: step.on,
    samples: collected?.samples ?? 0,
    applied: collected?.applied ?? 0,
    parameters: [...(collected?.parameters ?? [])].map(([key, { numbers, words }]) => ({
      name: key,
      numbers,
      words: tally(words),
    })),
  };
}

/** Each word with its count, most often first. */
export function tally(words: readonly string[]): Tally {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Flips and turn of a crop, in the words of the record. */
export function orientation({ hflip, vflip, rot90 }: PairRecord['augment']): string {
  const words = [hflip && 'hflip', vflip && 'vflip', rot90 && 'rot90'].filter((word) => word !== false);
  return words.join(' + ') || 'upright';
}
