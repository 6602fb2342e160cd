import type { SchedulerOptions } from './options.js';

export interface Schedule {
  /** Base learning rate: `optim_g.lr`. */
  readonly lr: number;
  readonly warmup_iter: number;
  /** Absent: the rate stays at `lr`. */
  readonly scheduler?: SchedulerOptions | null;
}

type MultiStep = Extract<SchedulerOptions, { milestones: number[] }>;
type Cosine = Extract<SchedulerOptions, { periods: number[] }>;

/**
 * The learning rate of an iteration (counted from 1), as BasicSR's schedulers give it: a milestone `m`
 * first acts in iteration `m + 1`; during warm-up the rate is `lr * iter / warmup_iter`.
 *
 * MultiStepLR multiplies the rate it finds, so the last warm-up value, `lr * (W - 1) / W`, lasts until
 * the next restart: a trait of the original that is kept here because its option files rely on it.
 */
export function learningRate(schedule: Schedule, iter: number): number {
  const { lr, warmup_iter, scheduler } = schedule;
  if (iter < warmup_iter) return (lr / warmup_iter) * iter;
  if (!scheduler) return lr;
  return 'periods' in scheduler
    ? cosine(lr, scheduler, iter - 1)
    : multiStep(lr, scheduler, iter - 1, warmup_iter);
}

/** Steps are counted from 0 as the original's scheduler counts them: step = iteration - 1. */
function multiStep(lr: number, options: MultiStep, step: number, warmup: number): number {
  let start = warmup >= 2 ? { step: warmup - 2, rate: (lr / warmup) * (warmup - 1) } : { step: -1, rate: lr };
  for (const [i, restart] of options.restarts.entries())
    if (restart > start.step && restart <= step)
      start = { step: restart, rate: lr * options.restart_weights[i]! };
  const passed = options.milestones.filter((m) => m > start.step && m <= step).length;
  return start.rate * options.gamma ** passed;
}

function cosine(lr: number, options: Cosine, step: number): number {
  const { periods, restart_weights, eta_min } = options;
  let begin = 0;
  for (const [i, period] of periods.entries()) {
    if (step <= begin + period) {
      const phase = Math.cos(Math.PI * ((step - begin) / period));
      return eta_min + restart_weights[i]! * 0.5 * (lr - eta_min) * (1 + phase);
    }
    begin += period;
  }
  return eta_min;
}
