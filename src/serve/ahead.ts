import { setImmediate } from 'node:timers/promises';
import { isOwn, type Part } from '../plan/part.js';
import type { SampleStep, Step } from '../plan/steps.js';
import type { Visit } from '../plan/types.js';

/** A sample of the part, or the news that its plan needs a photograph no longer. */
export type Ahead = { readonly step: SampleStep; readonly visit: Visit } | { readonly close: Visit };

export interface Walk {
  readonly steps: Iterable<Step>;
  readonly part: Part;
  /** Planned positions of the run: the first, and the one after the last. */
  readonly from: number;
  readonly end: number;
}

export interface Sources {
  want(visit: Visit): void;
  unwant(visit: Visit): void;
}

/** Own samples that are known before their turn: enough for their photographs to be decoded by then. */
const AHEAD = 64;

/** Steps passed over before other readers get their turn. */
const TURN = 2048;

/**
 * One reader's way through the plan. Photographs are announced when the first own sample of them is seen, some time
 * before its turn, and taken back after the last.
 */
export async function* walkAhead(walk: Walk, sources: Sources): AsyncGenerator<Ahead> {
  const coming = walked(walk);
  const wanted: Visit[] = [];
  const queue: Ahead[] = [];
  let samples = 0;
  let over = false;
  try {
    for (;;) {
      while (!over && samples < AHEAD) {
        const { value, done } = await coming.next();
        over = done === true;
        if (done) break;
        if ('step' in value && value.first) {
          sources.want(value.visit);
          wanted.push(value.visit);
        }
        if ('step' in value) samples++;
        queue.push(value);
      }
      const item = queue.shift();
      if (!item) return;
      if ('step' in item) {
        samples--;
        yield item;
      } else {
        wanted.splice(wanted.indexOf(item.close), 1);
        sources.unwant(item.close);
      }
    }
  } finally {
    for (const visit of wanted) sources.unwant(visit);
    await coming.return(undefined);
  }
}

interface Opening {
  readonly visit: Visit;
  left: number;
  seen: boolean;
}

async function* walked({
  steps,
  part,
  from,
  end,
}: Walk): AsyncGenerator<Ahead & { readonly first?: boolean }> {
  const open = new Map<symbol, Opening>();
  let passed = 0;
  for (const step of steps) {
    if (++passed % TURN === 0) await setImmediate();
    if (step.kind === 'open') {
      open.set(step.key, { visit: step.visit, left: step.samples, seen: false });
      continue;
    }
    const opening = open.get(step.key) as Opening;
    const { position } = step.sample;
    if (position >= end) return;
    if (position >= from && isOwn(part, position)) {
      yield { step, visit: opening.visit, first: !opening.seen };
      opening.seen = true;
    }
    if (--opening.left > 0) continue;
    open.delete(step.key);
    if (opening.seen) yield { close: opening.visit };
  }
}
