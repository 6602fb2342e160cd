import type { RunSummary } from '../events.js';
import { mean, type Point } from './curve.js';
import { figure } from './format.js';

/** Names of all recorded losses, in order of appearance. */
export const lossNames = ({ losses = [] }: RunSummary): string[] => [
  ...new Set(losses.flatMap((step) => Object.keys(step.losses))),
];

export const lossPoints = ({ losses = [] }: RunSummary, name: string): Point[] =>
  losses.flatMap(({ iter, losses: values }) =>
    Object.hasOwn(values, name) ? [[iter, values[name]] as const] : [],
  );

export const isFinitePoint = ([x, y]: Point): boolean => Number.isFinite(x) && Number.isFinite(y);

export interface Trend {
  /** How many recorded steps each of the two means is taken over. */
  readonly over: number;
  readonly start: string;
  readonly end: string;
}

/** Mean loss over the first and over the last recorded steps; single steps are too noisy to compare. */
export function trendOf(summary: RunSummary, name: string): Trend | undefined {
  const values = lossPoints(summary, name)
    .filter(isFinitePoint)
    .map(([, y]) => y);
  if (values.length === 0) return undefined;
  const over = Math.max(1, Math.min(10, Math.floor(values.length / 2)));
  return { over, start: figure(mean(values.slice(0, over))), end: figure(mean(values.slice(-over))) };
}
