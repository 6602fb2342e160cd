import type { Measurement } from './measurements.js';
import { automaticEngines, type ExecutionName } from './names.js';
import type { Engine } from './types.js';

/** An engine that `auto` may start, what it shall compute on, and why it comes at this place. */
export interface Candidate {
  readonly engine: Engine;
  readonly execution: ExecutionName;
  /** Set where a measurement decides. */
  readonly why?: string;
}

/**
 * In which order `auto` tries engines: the fastest by measurement first, then those that were not measured in a
 * fixed order. `cpu`, the plain JavaScript engine, is never among them.
 * @param execution only engines that can compute on it, unless it is `auto`
 */
export function candidates(
  engines: readonly Engine[],
  measured: readonly Measurement[],
  execution: ExecutionName,
): Candidate[] {
  const fits = (engine: Engine): boolean => execution === 'auto' || engine.executions.includes(execution);
  const usable = automaticEngines.flatMap((name) => engines.find((e) => e.name === name && fits(e)) ?? []);
  const fastest = measured
    .filter((one) => execution === 'auto' || one.execution === execution)
    .flatMap((one): Candidate[] => {
      const engine = usable.find((e) => e.name === one.engine);
      return engine ? [{ engine, execution: one.execution, why: because(one, measured) }] : [];
    });
  const rest = usable.filter((engine) => !fastest.some((candidate) => candidate.engine === engine));
  return [...fastest, ...rest.map((engine) => ({ engine, execution }))];
}

const ms = ({ step_ms }: Measurement): string => `${step_ms.toFixed(step_ms < 10 ? 1 : 0)} ms`;

function because(one: Measurement, measured: readonly Measurement[]): string {
  const others = measured
    .filter((other) => other !== one)
    .map((other) => `${other.engine} on ${other.execution} ${ms(other)}`);
  const compared = others.length > 0 ? ` (${others.join(', ')})` : '';
  return `measured by esrgan doctor: ${ms(one)} for a small training step${compared}`;
}
