import { width } from './columns.js';

/** Breaks a text between words into lines that begin with `indent`; longer words are not broken. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const longer = line === indent ? line + word : `${line} ${word}`;
    if (width(longer) > columns && line.trim() !== '') {
      lines.push(line);
      line = `${indent}${indent === '' ? '' : '  '}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** Puts short texts beside each other, on as many lines as they need. */
export function flow(parts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const joined = `${lines.at(-1)}  ${part}`;
    if (lines.length > 0 && width(joined) <= columns) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}
