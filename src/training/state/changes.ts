import path from 'node:path';
import type { Prepared } from '../prepare.js';
import { differences } from './diff.js';

/** What has changed since the state that a run goes on from was written, one line a change. */
export function changes({ resumed }: Pick<Prepared, 'resumed'>, recipe: unknown, engine: string): string[] {
  if (!resumed) return [];
  const { progress, file } = resumed;
  const since = `changed since ${path.basename(file)}`;
  if (resumed.recipe === undefined)
    return [`${file} is BasicSR's: the order of the batches is ours from here on`];
  const found = differences(resumed.recipe, JSON.parse(JSON.stringify(recipe)))
    .map((text) => text.replace(/^(options|pipeline)\./, ''))
    .filter((text) => !text.startsWith('path.resume_state'));
  return [
    ...found.map((text) => `${since}: ${text}`),
    ...(progress.engine === engine ? [] : [`${since}: engine: ${progress.engine} -> ${engine}`]),
  ];
}
