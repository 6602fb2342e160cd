import { randomBytes } from 'node:crypto';
import { EventHub } from '../event-hub.js';
import { initialState, reduce } from './reduce.js';
import type { LiveMessage, LiveState } from './types.js';

/** The state of a run and the pages that watch it: every message changes both. */
export class Watched {
  #state: LiveState;
  readonly hub: EventHub;

  constructor(known: Omit<Parameters<typeof initialState>[0], 'id'>) {
    this.#state = initialState({ ...known, id: randomBytes(6).toString('hex') });
    this.hub = new EventHub({ snapshot: () => [{ event: 'state', data: this.#state }] });
  }

  get state(): LiveState {
    return this.#state;
  }

  tell(message: LiveMessage): void {
    this.#state = reduce(this.#state, message);
    this.hub.send('message', message);
  }
}
