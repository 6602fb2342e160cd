import type { PairRecord } from '../../training/batch.js';

/** The command that rebuilds a pair: from its id where a run draws the same, else from the row of its record. */
export function commandOf(
  wanted: string | PairRecord,
  epoch: number,
  file: string,
  flags: readonly string[],
): string {
  const words =
    typeof wanted === 'string' ? [quoted(wanted), `--epoch ${epoch}`] : [quoted(JSON.stringify(wanted))];
  return ['esrgan trace', ...words, quoted(file), ...flags.map(quoted)].join(' ');
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
