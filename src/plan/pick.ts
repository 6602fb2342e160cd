import type { Step } from './steps.js';
import type { Sample } from './types.js';

/**
 * The same steps with the samples that are wanted only; a source none of whose samples is wanted is not opened.
 * `steps` is walked twice, so that the number of samples is known when a source is opened, and no further than the
 * position `end`.
 */
export function* pick(
  steps: () => Iterable<Step>,
  wanted: (sample: Sample) => boolean,
  end = Number.POSITIVE_INFINITY,
): Generator<Step> {
  const counts: number[] = [];
  for (const { opening, step } of numbered(steps(), end)) {
    if (step.kind === 'open') counts[opening] = 0;
    else if (wanted(step.sample)) counts[opening]++;
  }
  for (const { opening, step } of numbered(steps(), end)) {
    const samples = counts[opening];
    if (samples === 0) continue;
    if (step.kind === 'open') yield { ...step, samples };
    else if (wanted(step.sample)) yield step;
  }
}

interface Numbered {
  readonly step: Step;
  /** Number of the opening that it is or belongs to. */
  readonly opening: number;
}

function* numbered(steps: Iterable<Step>, end: number): Generator<Numbered> {
  const open = new Map<symbol, { readonly opening: number; left: number }>();
  let openings = 0;
  for (const step of steps) {
    if (step.kind === 'open') {
      open.set(step.key, { opening: openings, left: step.samples });
      yield { step, opening: openings++ };
      continue;
    }
    if (step.sample.position >= end) return;
    const state = open.get(step.key) as { readonly opening: number; left: number };
    if (--state.left === 0) open.delete(step.key);
    yield { step, opening: state.opening };
  }
}
