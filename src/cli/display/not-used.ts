import type { FileOutcome } from '../../events.js';
import { elide } from './columns.js';
import { shownPath, visible } from './escape.js';
import { count } from './format.js';

/**
 * One line for each file that was not used, with the reason; at most `limit` of them.
 *
 * @param more what follows "... and 10 more"
 * @param room columns that a name may take; what is too much goes from its middle
 */
export function notUsedLines(
  files: readonly FileOutcome[],
  limit: number,
  more = '',
  room = Number.POSITIVE_INFINITY,
): string[] {
  const shown = files.length > limit ? files.slice(0, limit) : files;
  const lines = shown.map(
    ({ path, outcome, reason }) =>
      `${outcome}  ${elide(shownPath(path), room)}: ${visible(reason ?? 'no reason given')}`,
  );
  return shown.length === files.length
    ? lines
    : [...lines, `... and ${count(files.length - limit)} more${more}`];
}
