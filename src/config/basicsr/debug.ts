import type { Override } from '../overrides.js';
import { valueAt } from '../problems.js';
import { isMapping } from './train-input.js';

/** Whether BasicSR takes the run for a trial: it looks at the name alone. */
export const isTrial = (file: unknown): boolean => String(valueAt(file, ['name']) ?? '').includes('debug');

/** `--debug`: the name gets a prefix, unless it has it. */
export function debugName(file: unknown): Override[] {
  const name = valueAt(file, ['name']);
  return typeof name === 'string' && !name.startsWith('debug') ? [flag(['name'], `debug_${name}`)] : [];
}

/** What BasicSR changes in a trial: every iteration is logged, every eighth saved and measured, no TensorBoard. */
export function trialValues(file: unknown): Override[] {
  return [
    ...(isMapping(valueAt(file, ['val'])) ? [flag(['val', 'val_freq'], 8)] : []),
    flag(['logger', 'print_freq'], 1),
    flag(['logger', 'save_checkpoint_freq'], 8),
    flag(['logger', 'use_tb_logger'], false),
  ];
}

const flag = (path: readonly string[], value: unknown): Override => ({ path, value, text: '--debug' });
