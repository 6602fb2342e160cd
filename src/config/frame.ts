const widest = 100;

/** A stretch of a line; the column counts from 1. */
export interface Mark {
  readonly column: number;
  readonly length: number;
}

/** A line of `text` with its number, and carets below the marked stretches. */
export function codeFrame(text: string, line: number, marks: readonly Mark[]): string {
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '').replace(/\t/g, ' ');
  const first = Math.min(...marks.map((mark) => mark.column));
  const from = Math.max(0, Math.min(first - 41, source.length - widest));
  const cut = source.slice(from, from + widest);
  const carets = marks.reduce((row, { column, length }) => {
    const start = column - 1 - from;
    const end = Math.max(start + 1, Math.min(start + length, cut.length));
    return row.padEnd(start).slice(0, start) + '^'.repeat(end - start) + row.slice(end);
  }, '');
  return `${String(line).padStart(5)} | ${cut}\n${' '.repeat(5)} | ${carets}`;
}
