import type { RunEvent, StageStats } from '../../events.js';
import { append, emptySeries } from './series.js';
import type { History, LiveMessage, LiveState, LogLine, Phase, StageView } from './types.js';

const MOST = { log: 400, unused: 300, pairs: 12, history: 240 } as const;

export function initialState(
  known: Pick<LiveState, 'id' | 'name' | 'steered' | 'trains'> & Partial<LiveState>,
): LiveState {
  return {
    phase: 'starting',
    stages: [],
    history: { pairs: [], rss: [] },
    rss: 0,
    elapsedMs: 0,
    series: emptySeries,
    validation: [],
    photographs: [],
    pairs: [],
    unused: [],
    unusedCount: 0,
    log: [],
    ...known,
  };
}

/** The state after a message: the server and every page compute it alike. */
export function reduce(state: LiveState, message: LiveMessage): LiveState {
  switch (message.type) {
    case 'run':
      return noted(reduceEvent(state, message.event, message.at), message.event, message.at);
    case 'pair':
      return { ...state, pairs: [message.pair, ...state.pairs].slice(0, MOST.pairs) };
    case 'measured': {
      const { iter, results } = message;
      const validation = state.validation.map((one) => (one.iter === iter ? { iter, results } : one));
      return { ...state, validation };
    }
    case 'photographs':
      return { ...state, photographs: message.photographs };
    case 'phase': {
      const { phase, text, at } = message;
      const level = phase === 'failed' ? 'error' : 'info';
      return {
        ...state,
        phase,
        log: text === undefined ? state.log : logged(state.log, { at, level, text }),
      };
    }
  }
}

function reduceEvent(state: LiveState, event: RunEvent, at: number): LiveState {
  switch (event.type) {
    case 'plan':
      return { ...state, plan: event.plan };
    case 'engine':
      return { ...state, engine: { name: event.engine, reason: event.reason } };
    case 'first':
      return { ...state, phase: awake(state.phase) };
    case 'state':
      return state.phase === 'stopping' ? state : { ...state, phase: event.state };
    case 'file': {
      if (event.outcome === 'used') return state;
      const { type: _, ...file } = event;
      const unused = state.unused.length < MOST.unused ? [...state.unused, file] : state.unused;
      return { ...state, unused, unusedCount: state.unusedCount + 1 };
    }
    case 'stats':
      return { ...state, ...advance(state, event) };
    case 'iter':
      return { ...state, phase: awake(state.phase), last: event, series: append(state.series, event) };
    case 'validation': {
      const { iter, results } = event;
      const earlier = state.validation.filter((one) => one.iter < iter);
      return { ...state, validation: [...earlier, { iter, results }] };
    }
    case 'saved':
      return event.what === 'checkpoint' ? { ...state, checkpoint: { path: event.path, at } } : state;
    default:
      return state;
  }
}

const awake = (phase: Phase): Phase => (phase === 'starting' ? 'running' : phase);

const SMOOTHING = 0.3;

function advance(state: LiveState, event: Extract<RunEvent, { type: 'stats' }>): Partial<LiveState> {
  const passed = event.elapsedMs - state.elapsedMs;
  const stages = event.stages.map((stage) =>
    view(
      stage,
      state.stages.find((other) => other.stage === stage.stage),
      passed,
    ),
  );
  return {
    stages,
    rss: event.rss,
    elapsedMs: event.elapsedMs,
    history: remembered(state.history, pairsRate(stages, state.plan?.batchSize), event.rss),
  };
}

function view(stage: StageStats, old: StageView | undefined, passedMs: number): StageView {
  if (passedMs <= 0) return { ...stage, rate: old?.rate ?? 0, load: old?.load ?? 0 };
  const rate = ((stage.out - (old?.out ?? 0)) / passedMs) * 1000;
  const busy = (stage.busyMs - (old?.busyMs ?? 0)) / (passedMs * Math.max(1, stage.concurrency));
  const load = Math.min(1, Math.max(0, busy));
  const smooth = (was: number | undefined, now: number): number =>
    was === undefined ? now : was + SMOOTHING * (now - was);
  return { ...stage, rate: smooth(old?.rate, rate), load: smooth(old?.load, load) };
}

/** Pairs, or crops, a second that leave the stream. */
export function pairsRate(stages: readonly StageView[], batchSize = 1): number {
  const last = stages.at(-1);
  if (!last) return 0;
  return last.stage === 'train' || last.stage === 'batch' ? last.rate * batchSize : last.rate;
}

function remembered(history: History, pairs: number, rss: number): History {
  const add = (list: readonly number[], value: number): number[] => [...list, value].slice(-MOST.history);
  return { pairs: add(history.pairs, Math.round(pairs * 10) / 10), rss: add(history.rss, rss) };
}

/** A training that waits for data for less of its time than this is not held up by it. */
const HELD_UP = 0.1;

/**
 * The stage that would make the run faster if it were faster itself: the training while data is ready in time, else
 * the busiest of the stages before it.
 */
export function slowest({ stages, last }: Pick<LiveState, 'stages' | 'last'>): StageView | undefined {
  const wait = last && last.time > 0 ? last.timeData / last.time : undefined;
  const candidates = stages.filter(
    ({ stage }) => wait === undefined || (stage === 'train') === wait < HELD_UP,
  );
  const busiest = [...candidates].sort((a, b) => b.load - a.load)[0];
  return busiest && busiest.load >= 0.05 ? busiest : undefined;
}

function noted(state: LiveState, event: RunEvent, at: number): LiveState {
  const line = lineOf(event);
  return line ? { ...state, log: logged(state.log, { at, ...line }) } : state;
}

const logged = (log: readonly LogLine[], line: LogLine): LogLine[] => [...log, line].slice(-MOST.log);

function lineOf(event: RunEvent): Omit<LogLine, 'at'> | undefined {
  switch (event.type) {
    case 'warning':
      return { level: 'warning', text: event.file ? `${event.file}: ${event.message}` : event.message };
    case 'file':
      if (event.outcome === 'used') return undefined;
      return { level: 'warning', text: `${event.outcome}: ${event.path}: ${event.reason ?? ''}` };
    case 'engine':
      return { level: 'info', text: `engine ${event.engine}: ${event.reason}` };
    case 'saved': {
      // All pictures lie in one folder; their names say enough.
      const shown = event.what === 'picture' ? event.path.replace(/^.*[/\\]/, '') : event.path;
      return { level: 'info', text: `${event.what}: ${shown}` };
    }
    case 'state':
      return { level: 'info', text: event.state };
    case 'validation': {
      const dB = event.results.map(({ name, psnr }) => `${name} ${psnr.toFixed(2)} dB`);
      return { level: 'info', text: `validation at ${event.iter}: ${dB.join(', ')}` };
    }
    default:
      return undefined;
  }
}
