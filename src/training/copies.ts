import path from 'node:path';
import { stringify } from 'yaml';
import { writeFileAtomic } from '../formats/atomic.js';
import type { Experiment } from './experiment.js';
import type { TrainOptions } from './options.js';

/**
 * Notes down in the experiment's folder what a run was made with: the files that it was started with, and the
 * options as they were understood, with all defaults.
 */
export async function writeCopies(
  { root }: Experiment,
  options: TrainOptions,
  copies: readonly { readonly name: string; readonly text: string }[] = [],
): Promise<void> {
  const understood = `# The options of this run, with all defaults.\n${stringify(options)}`;
  await writeFileAtomic(path.join(root, 'options.yml'), understood);
  for (const { name, text } of copies)
    await writeFileAtomic(
      path.join(root, path.basename(name) === 'options.yml' ? 'given.yml' : path.basename(name)),
      text,
    );
}
