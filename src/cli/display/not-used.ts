import type { FileOutcome } from '../../events.js';
import { shownPath, visible } from './escape.js';
import { count } from './format.js';

/** One line for each file that was not used, with the reason; at most `limit` of them. */
export function notUsedLines(files: readonly FileOutcome[], limit: number, more = ''): string[] {
  const shown = files.length > limit ? files.slice(0, limit) : files;
  const lines = shown.map(
    ({ path, outcome, reason }) => `${outcome}  ${shownPath(path)}: ${visible(reason ?? 'no reason given')}`,
  );
  return shown.length === files.length
    ? lines
    : [...lines, `... and ${count(files.length - limit)} more${more}`];
}
