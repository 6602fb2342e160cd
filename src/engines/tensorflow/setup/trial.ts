import { fileURLToPath } from 'node:url';
import type { BindingPackage } from '../package.js';
import { command } from './command.js';
import type { Trial } from './types.js';

/**
 * Loads an addon in a process of its own and computes a convolution and its gradients with it: a library that
 * does not fit may take the process with it.
 *
 * @returns what it found, or one line that says why it does not work
 */
export async function tryAddon(file: string, binding: BindingPackage): Promise<Trial | string> {
  const script = fileURLToPath(new URL('./trial-child.js', import.meta.url));
  const { ok, stdout, why } = await command(process.execPath, [script, file, JSON.stringify(binding)], {
    seconds: 180,
  });
  const result = stdout.split('\n').find((line) => line.startsWith('{'));
  if (!ok || result === undefined) return why || 'the trial gave no result';
  const trial = JSON.parse(result) as Trial | { failure: string };
  return 'failure' in trial ? trial.failure : trial;
}
