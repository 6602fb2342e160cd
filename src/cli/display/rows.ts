import { padEnd } from './columns.js';
import { wrap } from './wrap.js';

export type Row = readonly [name: string, value: string];

/** Narrower terminals fold lines themselves: breaking them would leave nothing to read. */
const narrowest = 30;

/** Names and values in two columns; a value that is too long goes on below its own beginning. */
export function rowLines(rows: readonly Row[], columns = Number.POSITIVE_INFINITY): string[] {
  const label = Math.max(...rows.map(([name]) => name.length)) + 2;
  const room = columns - label - 2;
  return rows.flatMap(([name, value]) => {
    const lines = room < narrowest - label ? [value] : wrap(value, room);
    return lines.map((line, i) => `  ${padEnd(i === 0 ? name : '', label)}${line}`);
  });
}

/** Columns that remain for values beside the names. */
export const roomBeside = (names: readonly string[], columns: number): number =>
  columns - Math.max(...names.map((name) => name.length)) - 4;
