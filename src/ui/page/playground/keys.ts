import type { StepNode } from '../../playground/wire.js';
import type { Bench } from './bench.js';
import { spot, strengthen } from './context.js';
import { inward, moveTo, outward, type Place } from './places.js';
import { flat } from './state.js';

const typing = 'textarea, select, input:not([type="range"]):not([type="checkbox"]), dialog *';

/** Keys that work all over the page, but not where text is written. */
export function onKey(bench: Bench, event: KeyboardEvent): void {
  const { target } = event;
  if (event.defaultPrevented) return;
  const isTyping = target instanceof Element && target.matches(typing);
  const command = event.ctrlKey || event.metaKey;
  const act = command ? commands[event.key.toLowerCase()] : isTyping ? undefined : actionOf(event);
  if (!act || (command && isTyping && event.key.toLowerCase() !== 's')) return;
  event.preventDefault();
  act(bench, event);
}

type Act = (bench: Bench, event: KeyboardEvent) => void;

const commands: Readonly<Record<string, Act>> = {
  z: (bench, event) => (event.shiftKey ? bench.redo() : bench.undo()),
  y: (bench) => bench.redo(),
  s: (bench) => void bench.save(),
};

const actions: Readonly<Record<string, Act>> = {
  r: (bench) => bench.redraw(),
  R: (bench) => bench.redraw(-1),
  l: (bench) => {
    if (bench.state.selected !== undefined) bench.lock(bench.state.selected);
  },
  m: () => spot.set(spot.value ? undefined : { x: 0.5, y: 0.5 }),
  '+': () => strengthen(1),
  '-': () => strengthen(-1),
  Delete: (bench) => onStep(bench, ({ path }) => bench.edit({ op: 'remove', path })),
  ArrowUp: (bench) => walk(bench, -1),
  ArrowDown: (bench) => walk(bench, 1),
};

/** With Alt the open step is moved. */
const moves: Readonly<Record<string, Act>> = {
  ArrowUp: (bench) => shift(bench, -1),
  ArrowDown: (bench) => shift(bench, 1),
  ArrowLeft: (bench) => carry(bench, outward),
  ArrowRight: (bench) => carry(bench, (step) => inward(bench.state.tree, step)),
};

const actionOf = ({ altKey, key }: KeyboardEvent): Act | undefined =>
  (altKey ? moves[key] : undefined) ?? actions[key];

function onStep(bench: Bench, act: (step: StepNode) => void): void {
  const step = flat(bench.state.tree).find(({ key }) => key === bench.state.selected);
  if (step && !step.path.includes('preset')) act(step);
}

function shift(bench: Bench, by: number): void {
  onStep(bench, ({ path }) => {
    const to = Number(path.at(-1)) + by;
    if (to >= 0) bench.edit({ op: 'move', path, to });
  });
}

/** Into a group or out of one. The card is another one there, and has the focus again. */
function carry(bench: Bench, where: (step: StepNode) => Place | undefined): void {
  onStep(bench, (step) => {
    const place = where(step);
    const operation = place && moveTo(step, place);
    if (!operation) return;
    bench.edit(operation);
    const { changes } = bench.state;
    const stop = bench.store.watch(() => {
      if (bench.state.changes === changes) return;
      stop();
      focusStep(bench.state.selected);
    });
  });
}

/** The next step opens, and has the focus. */
function walk(bench: Bench, by: number): void {
  const all = flat(bench.state.tree);
  const at = all.findIndex(({ key }) => key === bench.state.selected);
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  if (!next) return;
  bench.select(next.key);
  focusStep(next.key);
}

function focusStep(key = ''): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-step="${CSS.escape(key)}"]`)?.focus(),
  );
}
