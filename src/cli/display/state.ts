import type { FileOutcome, PlanSummary, RunEvent, StageStats, ValidationResult } from '../../events.js';
import { grow, noTrend, type Trend } from './trend.js';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** A stage as the display shows it. */
export interface StageView extends StageStats {
  /** Items a second, smoothed. */
  readonly rate: number;
  /** Share of its capacity that was in use since the last report, 0..1, smoothed. */
  readonly load: number;
}

/** Everything the display knows; made from the run's events by `reduce`. */
export interface DisplayState {
  readonly name: string;
  readonly plan?: PlanSummary;
  readonly engine?: Event<'engine'>;
  readonly stages: readonly StageView[];
  readonly rss: number;
  readonly elapsedMs: number;
  readonly iter?: Event<'iter'>;
  readonly firstLosses?: Readonly<Record<string, number>>;
  /** The first loss over the whole run, thinned out to at most `most` values. */
  readonly trend: Trend;
  readonly validation?: readonly ValidationResult[];
  readonly warnings: number;
  /** Outcomes other than `used`, as they come in. */
  readonly notUsed: readonly FileOutcome[];
  readonly saved: readonly Event<'saved'>[];
  /** Ctrl-C has been pressed. */
  readonly stopping: boolean;
  /** It holds because it was asked to, on the page or by its controls. */
  readonly paused: boolean;
}

export function initialState(name: string): DisplayState {
  return {
    ...{ name, stages: [], rss: 0, elapsedMs: 0, warnings: 0, notUsed: [], saved: [] },
    ...{ stopping: false, paused: false },
    trend: noTrend,
  };
}

export function reduce(state: DisplayState, event: RunEvent): DisplayState {
  switch (event.type) {
    case 'plan':
      return { ...state, plan: event.plan };
    case 'warning':
      return { ...state, warnings: state.warnings + 1 };
    case 'file':
      return event.outcome === 'used' ? state : { ...state, notUsed: [...state.notUsed, event] };
    case 'stats':
      return { ...state, ...advance(state, event) };
    case 'engine':
      return { ...state, engine: event };
    case 'iter':
      return {
        ...{ ...state, iter: event, firstLosses: state.firstLosses ?? event.losses },
        trend: grow(state.trend, Object.values(event.losses)[0]),
      };
    case 'state':
      return { ...state, paused: event.state === 'paused' };
    case 'validation':
      return { ...state, validation: event.results };
    case 'saved':
      return { ...state, saved: [...state.saved.filter(({ path }) => path !== event.path), event] };
    default:
      return state;
  }
}

const smoothing = 0.4;

function advance(before: DisplayState, event: Event<'stats'>): Partial<DisplayState> {
  const passed = event.elapsedMs - before.elapsedMs;
  const stages = event.stages.map((stage): StageView => {
    const old = before.stages.find((other) => other.stage === stage.stage);
    if (passed <= 0) return { ...stage, rate: old?.rate ?? 0, load: old?.load ?? 0 };
    const rate = ((stage.out - (old?.out ?? 0)) / passed) * 1000;
    const busy = (stage.busyMs - (old?.busyMs ?? 0)) / (passed * Math.max(1, stage.concurrency));
    const load = Math.min(1, Math.max(0, busy));
    const smooth = (was: number | undefined, now: number): number =>
      was === undefined ? now : was + smoothing * (now - was);
    return { ...stage, rate: smooth(old?.rate, rate), load: smooth(old?.load, load) };
  });
  return { stages, rss: event.rss, elapsedMs: event.elapsedMs };
}

/** The stage that uses most of its capacity: making it faster would make the run faster. */
export function slowest(state: DisplayState): StageView | undefined {
  const busiest = [...state.stages].sort((a, b) => b.load - a.load)[0];
  return busiest && busiest.load >= 0.05 ? busiest : undefined;
}

/** The stage whose output is counted as the run's progress. */
export function counted(state: DisplayState): StageView | undefined {
  return state.stages.find(({ stage }) => stage === 'crop') ?? state.stages.at(-1);
}

/** Bytes held by all stages, and the sum of their budgets. */
export function held({ stages }: DisplayState): { readonly bytes: number; readonly budget: number } {
  const sum = (pick: (stage: StageView) => number | undefined): number =>
    stages.reduce((total, stage) => total + (pick(stage) ?? 0), 0);
  return { bytes: sum((s) => s.bytes), budget: sum((s) => s.budget) };
}
