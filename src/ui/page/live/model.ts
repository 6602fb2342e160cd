import { reduce } from '../../live/reduce.js';
import type { LiveMessage, LiveState } from '../../live/types.js';
import { post } from '../shared/api.js';
import { type Connection, listen } from '../shared/event-stream.js';
import { Store } from '../shared/store.js';

export type Ask = 'pause' | 'resume' | 'save' | 'validate' | 'stop';

const { base = '' } = document.getElementById('app')?.dataset ?? {};

export const run = new Store<LiveState | undefined>(undefined);
export const connection = new Store<Connection>('connecting');

/** Listens to the run; what comes within one frame is drawn at once. */
export function follow(): () => void {
  let next: LiveState | undefined;
  let due = false;
  const draw = (): void => {
    due = false;
    run.set(next);
  };
  return listen(`${base}/api/events`, ['state', 'message'], {
    event(name, data) {
      if (name === 'state') next = data as LiveState;
      else if (next) next = reduce(next, data as LiveMessage);
      if (due) return;
      due = true;
      // A hidden page gets no frames, and must not fall behind.
      setTimeout(draw, 16);
    },
    connection: (state) => connection.set(state),
  });
}

/** @throws ServerError */
export const ask = (what: Ask): Promise<unknown> => post(`${base}/api/ask`, { ask: what });

export const pairUrl = ({ id }: LiveState, pair: number, which: 'gt' | 'lq'): string =>
  `${base}/api/pairs/${pair}/${which}.png?r=${id}`;

export const photographUrl = ({ id }: LiveState, photograph: string, file: string): string =>
  `${base}/api/photographs/${encodeURIComponent(photograph)}/${file}.png?r=${id}`;
