import { createRng, type Rng } from '../random/rng.js';
import { type SampleMaker, type Step, visitBytes } from './steps.js';
import type { Visit, Window } from './types.js';

/** A source opened for some of its windows. */
interface Part {
  readonly visit: Visit;
  readonly bytes: number;
  /** Drawn from the end. Made when the part is opened, unless it was split. */
  readonly windows: () => Window[];
  /** Samples that may pass between its opening and its end. */
  readonly lifetime: number;
}

interface Open {
  readonly key: symbol;
  readonly part: Part;
  readonly windows: Window[];
  readonly deadline: number;
}

/** Samples between two openings while the memory fills for the first time, so that the first batch does not wait for all of it. */
const RAMP = 2;

/**
 * A windowed shuffle on metadata alone: sources are opened in random order as far as `memory` bytes of
 * decoded pixels allow, and each sample is drawn from all sources that are open. The result depends on
 * the seed and on image sizes only.
 *
 * A draw is weighted by what is left of a source over the time it has left, so that sources run out one
 * after the other instead of all at once; when everything fits into memory this is a perfect shuffle.
 * When it does not, the sources opened first give only a part of their windows and come back at the end
 * for the rest. That staggers the openings and keeps the mixture the same from the first batch to the
 * last, for one more decode of as many sources as the memory holds.
 */
export function* shuffled(
  visits: readonly Visit[],
  seed: string,
  memory: number,
  make: SampleMaker,
  start = 0,
): Generator<Step> {
  const rng = createRng(seed);
  const { parts, first } = arrange(permute(visits, rng), memory, rng);
  const open: Open[] = [];
  let held = 0;
  let position = start;
  let opened = 0;
  let sinceOpen = 0;

  for (;;) {
    while (opened < parts.length && mayOpen(parts[opened])) {
      const part = parts[opened];
      const windows = part.windows();
      const key = Symbol(part.visit.source.id);
      open.push({ key, part, windows, deadline: position + part.lifetime });
      yield { kind: 'open', key, visit: part.visit, samples: windows.length };
      held += part.bytes;
      opened++;
      sinceOpen = 0;
    }
    if (open.length === 0) return;

    const weights = open.map((entry) => entry.windows.length / Math.max(1, entry.deadline - position));
    const chosen = rng.choice(open, weights);
    const window = chosen.windows.pop() as Window;
    yield { kind: 'sample', key: chosen.key, sample: make(chosen.part.visit, window, position++) };
    sinceOpen++;
    if (chosen.windows.length === 0) {
      held -= chosen.part.bytes;
      open.splice(open.indexOf(chosen), 1);
    }
  }

  function mayOpen(part: Part): boolean {
    if (open.length === 0) return true;
    if (opened < first && sinceOpen < RAMP) return false;
    return held + part.bytes <= memory;
  }
}

/** The parts in the order of their opening; `first` of them fill the memory at the start. */
function arrange(order: readonly Visit[], memory: number, rng: Rng): { parts: Part[]; first: number } {
  const bytes = order.map(visitBytes);
  let first = 0;
  for (let held = 0; first < order.length && (first === 0 || held + bytes[first] <= memory); first++)
    held += bytes[first];
  const mass = order.slice(0, first).reduce((sum, visit) => sum + visit.count, 0);

  const whole = order.map(
    (visit, i): Part => ({
      visit,
      bytes: bytes[i],
      windows: () => permute(visit.windows, rng),
      lifetime: mass,
    }),
  );
  if (first === order.length || first === 1) return { parts: whole, first };

  const split = whole.slice(0, first).map((part, i) => {
    const windows = part.windows();
    const head = Math.max(1, Math.round((windows.length * (i + 1)) / first));
    const take = (from: number, to: number): Part => ({
      ...part,
      windows: () => windows.slice(from, to),
      lifetime: (mass * (to - from)) / windows.length,
    });
    return { head: take(0, head), tail: take(head, windows.length), rest: windows.length - head };
  });
  const heads = split.map(({ head }) => head);
  const tails = split.filter(({ rest }) => rest > 0).map(({ tail }) => tail);
  return { parts: [...heads, ...whole.slice(first), ...tails], first };
}

/** Fisher-Yates. */
export function permute<T>(items: readonly T[], rng: Rng): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = rng.int(0, i);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
