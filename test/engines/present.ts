import { engines } from '../../src/engines/index.js';
import type { Engine } from '../../src/engines/types.js';

/** The engines that are compared with tfjs' plain JavaScript: those that this machine has. */
export const present: readonly Engine['name'][] = engines
  .filter((engine) => engine.name !== 'cpu' && engine.available().ok)
  .map(({ name }) => name);

/** One line for each engine whose tests cannot run here, and why. */
export const notRun: readonly string[] = engines.flatMap((engine) => {
  const found = engine.available();
  return found.ok ? [] : [`not run: the ${engine.name} engine, because ${found.reason}`];
});
