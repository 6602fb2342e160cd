import { EsrganError } from '../../errors.js';

/** Height, width and channels as meta_info files state them. */
export interface MetaInfoSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const sizeAtEnd = /^(.*?)\s+\((\d+),\s*(\d+),\s*(\d+)\)\s*$/s;

/**
 * One line of a meta_info file without its line end: `name (h,w,c)` as BasicSR writes it when a size is given,
 * else the bare name as Real-ESRGAN's generate_meta_info writes it.
 *
 * @throws EsrganError `META_INFO_NAME` for a name that no reader of such a file could read back.
 */
export function formatMetaInfoLine(name: string, size?: MetaInfoSize): string {
  if (!isListable(name))
    throw new EsrganError('META_INFO_NAME', `${JSON.stringify(name)} cannot stand in a meta_info file`, {
      remedy: 'Rename it without line breaks, and not ending in " (h,w,c)".',
    });
  return size ? `${name} (${size.height},${size.width},${size.channels})` : name;
}

/** A line of a paired list: `gt, lq`. */
export function formatPairLine(gt: string, lq: string): string {
  return `${formatMetaInfoLine(gt)}, ${formatMetaInfoLine(lq)}`;
}

/** Whether a name survives being written to a line-based list and read back. */
export function isListable(name: string): boolean {
  return name.trim() !== '' && !/[\r\n]/.test(name) && !sizeAtEnd.test(name);
}

export interface MetaInfoEntry {
  /** Line number from 1. */
  readonly line: number;
  /** The line without a trailing ` (h,w,c)`; for a pair, both names and the comma between them. */
  readonly name: string;
  readonly size?: MetaInfoSize;
}

/**
 * Lines of a meta_info file: accepts a byte order mark, CRLF and blank lines. A line is cut only at a trailing
 * ` (h,w,c)`, never at the first space, so names may contain spaces.
 */
export function parseMetaInfo(text: string): MetaInfoEntry[] {
  const entries: MetaInfoEntry[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (const [i, content] of lines.entries()) {
    if (content.trim() === '') continue;
    const match = sizeAtEnd.exec(content);
    entries.push(
      match
        ? {
            line: i + 1,
            name: match[1],
            size: { height: Number(match[2]), width: Number(match[3]), channels: Number(match[4]) },
          }
        : { line: i + 1, name: content },
    );
  }
  return entries;
}

/**
 * The paths an entry may mean as its gt image, the most literal first: the whole line, without surrounding
 * spaces, and what stands before each `, ` (a pair `gt, lq`, unless a file name has such a comma itself).
 */
export function gtCandidates(name: string): string[] {
  const candidates = [name, name.trim()];
  for (let at = name.lastIndexOf(', '); at > 0; at = name.lastIndexOf(', ', at - 1))
    candidates.push(name.slice(0, at).trim());
  return [...new Set(candidates)];
}
