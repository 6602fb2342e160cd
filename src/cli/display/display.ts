import type { RunEvent, RunSummary } from '../../events.js';
import { type Io, print } from '../io.js';
import { eventLine, iterLine, progressLine, warningLine } from './lines.js';
import { lookFor } from './look.js';
import { paintFor } from './paint.js';
import { render } from './render.js';
import { screenOn } from './screen.js';
import { type DisplayState, initialState, reduce } from './state.js';
import { summaryLines } from './summary.js';

/** Shows a run while it goes on. */
export interface Display {
  event(event: RunEvent): void;
  /** Shows a message at once, e.g. that the run is stopping. */
  say(lines: readonly string[]): void;
  /** Shows the account at the end. */
  end(summary: RunSummary): void;
  close(): void;
  readonly state: DisplayState;
}

/** Live on a terminal, else a line every few seconds; with `json` one event a line and nothing else on stdout. */
export function displayFor(name: string, json: boolean, io: Io): Display {
  if (json) return jsonDisplay(name, io);
  return io.stdout.isTTY && io.env.TERM !== 'dumb' ? liveDisplay(name, io) : plainDisplay(name, io);
}

function jsonDisplay(name: string, io: Io): Display {
  let state = initialState(name);
  return {
    event(event) {
      state = reduce(state, event);
      io.stdout.write(`${JSON.stringify(event)}\n`);
    },
    say: (lines) => print(io.stderr, lines),
    end() {},
    close() {},
    get state() {
      return state;
    },
  };
}

const redrawMs = 125;

function liveDisplay(name: string, io: Io): Display {
  const screen = screenOn(io.stdout);
  const look = lookFor(io.stdout, io.env);
  let state = initialState(name);
  let changed = true;
  let drawnFor = '';
  let seen = '';
  const draw = (): void => {
    const { columns, rows } = io.stdout;
    const size = `${columns}x${rows}`;
    // While a window is being dragged its size is not worth drawing for; afterwards it must not wait for a slow step.
    const settled = size === seen;
    seen = size;
    if (!settled || (!changed && size === drawnFor)) return;
    // The last column stays free: what terminals do at a full line differs.
    screen.draw(render(state, Math.max(1, (columns || 80) - 1), look));
    changed = false;
    drawnFor = size;
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  return {
    event(event) {
      state = reduce(state, event);
      changed = true;
      if (event.type === 'warning') screen.print([look.paint.yellow(warningLine(event))]);
    },
    say(lines) {
      state = { ...state, stopping: true };
      screen.print(lines);
    },
    end(summary) {
      screen.clear();
      print(io.stdout, summaryLines(summary, state.saved, look.paint, io.stdout.columns || 80));
    },
    close() {
      clearInterval(timer);
      screen.clear();
    },
    get state() {
      return state;
    },
  };
}

const everyMs = 3000;

function plainDisplay(name: string, io: Io): Display {
  let state = initialState(name);
  let shownAt = io.now();
  let due: string | undefined;
  const show = (line: string): void => {
    print(io.stdout, [line]);
    shownAt = io.now();
    due = undefined;
  };
  const offer = (line: string, isFirst = false): void => {
    due = line;
    if (isFirst || io.now() - shownAt >= everyMs) show(line);
  };
  return {
    event(event) {
      const isFirst = event.type === 'iter' && state.iter === undefined;
      const before = state;
      state = reduce(state, event);
      // Who asks twice is told twice.
      if (event.type === 'state' && state.paused === before.paused) return;
      const line = eventLine(event);
      if (line) print(io.stdout, [line]);
      else if (event.type === 'warning') print(io.stderr, [warningLine(event)]);
      else if (event.type === 'iter') offer(iterLine(name, event), isFirst);
      else if (event.type === 'stats' && !state.iter) offer(progressLine(state));
    },
    say: (lines) => print(io.stderr, lines),
    end(summary) {
      if (due && state.iter) show(due);
      print(io.stdout, summaryLines(summary, state.saved, paintFor(io.stdout, io.env)));
    },
    close() {},
    get state() {
      return state;
    },
  };
}
