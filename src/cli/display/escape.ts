import path from 'node:path';

/**
 * Characters that would move the cursor, hide text or reorder it become visible escapes:
 * file names are data and may hold anything.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** A path as messages show it: relative when it lies below the working folder. Addresses stay as they are. */
export function shownPath(file: string): string {
  if (/^\w+:\/\//.test(file)) return visible(file);
  const relative = path.relative('', file);
  const below = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return visible(below ? relative : file);
}
