import { parse } from 'yaml';
import { type Override, refuse } from '../overrides.js';
import { valueAt } from '../problems.js';
import { closest } from '../suggest.js';
import { isMapping } from './train-input.js';

/**
 * Reads `a:b=c` as BasicSR does: `~` and `none` are empty, `true` and `false` in any case, `!!float 1e-4`, numbers,
 * lists in brackets, else text.
 *
 * @throws EsrganError CONFIG_OVERRIDE when it has no such form, or names a section that the file lacks
 */
export function forceYml(entry: string, file: unknown): Override {
  const text = `--force_yml ${entry}`;
  const [, left = '', right = ''] = /^([^=]+)=(.*)$/s.exec(entry) ?? [];
  const path = left.split(':').map((key) => key.trim());
  if (left === '' || path.includes(''))
    throw refuse(
      text,
      'this is not of the form key=value',
      'Write it as in --force_yml train:total_iter=1000, with : between a section and its key.',
    );
  const missing = path.slice(0, -1).findIndex((_, i) => !isMapping(valueAt(file, path.slice(0, i + 1))));
  if (missing >= 0) throw noSection(path.slice(0, missing + 1), file, text);
  return { path, value: readValue(right.trim(), text), text };
}

function noSection(path: readonly string[], file: unknown, text: string) {
  const above = valueAt(file, path.slice(0, -1));
  const sections = isMapping(above) ? Object.keys(above).filter((key) => isMapping(above[key])) : [];
  const near = closest(path.at(-1) ?? '', sections);
  const dotted = path[0]?.includes('.')
    ? 'Keys are joined by : here, as in train:total_iter=1000.'
    : undefined;
  return refuse(
    text,
    `the file has no section ${path.join(':')}${near ? `; did you mean "${near}"?` : ''}`,
    dotted ?? 'Write the section into the file, with the keys it needs.',
  );
}

function readValue(text: string, option: string): unknown {
  if (text === '' || text === '~' || text.toLowerCase() === 'none') return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  try {
    return parse(text);
  } catch {
    throw refuse(option, `the value ${text} cannot be read`, 'Quote it, or write it into the file.');
  }
}
