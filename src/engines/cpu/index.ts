import type { Engine } from '../types.js';

/** tfjs' plain JavaScript backend: hundreds of times slower, a second opinion in tests. */
export const cpu: Engine = {
  name: 'cpu',
  executions: ['cpu'],
  available: () => ({
    ok: true,
    reason: 'plain JavaScript was asked for; it is meant for checks, not training',
  }),
  start: async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    return { execution: 'cpu' };
  },
};
