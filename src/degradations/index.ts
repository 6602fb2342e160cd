import type { Degradation } from './define.js';
import { resize } from './resize/index.js';

/** The operators that a pipeline file may name, by that name. */
export const operators = { resize };

export const degradations: ReadonlyMap<string, Degradation> = new Map<string, Degradation>(
  Object.entries(operators),
);
