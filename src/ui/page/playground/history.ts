import type { State } from './state.js';

type Moment = Pick<State, 'text' | 'held' | 'locked'>;

/** Changes of one value that follow one another are one gesture; nothing for changes that stand alone. */
export type Gesture = string | undefined;

const MOST = 200;
const PAUSE_MS = 1_500;

/** What was before, to go back to. */
export class History {
  #past: Moment[] = [];
  #future: Moment[] = [];
  #gesture: Gesture;
  #latest = 0;

  get undos(): number {
    return this.#past.length;
  }

  get redos(): number {
    return this.#future.length;
  }

  remember({ text, held, locked }: Moment, gesture: Gesture): void {
    const now = performance.now();
    const goesOn = gesture !== undefined && gesture === this.#gesture && now - this.#latest < PAUSE_MS;
    this.#gesture = gesture;
    this.#latest = now;
    if (goesOn) return;
    this.#past = [...this.#past, { text, held, locked }].slice(-MOST);
    this.#future = [];
  }

  undo({ text, held, locked }: Moment): Moment | undefined {
    const to = this.#past.pop();
    if (to) this.#future.push({ text, held, locked });
    this.#gesture = undefined;
    return to;
  }

  redo({ text, held, locked }: Moment): Moment | undefined {
    const to = this.#future.pop();
    if (to) this.#past.push({ text, held, locked });
    this.#gesture = undefined;
    return to;
  }
}
