import { readFile } from 'node:fs/promises';
import { EsrganError } from '../../errors.js';
import { type MetaInfoEntry, parseMetaInfo } from './line.js';

/**
 * Reads a meta_info file.
 *
 * @throws EsrganError `META_INFO` when it cannot be read or names no image.
 */
export async function readMetaInfo(file: string): Promise<MetaInfoEntry[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new EsrganError('META_INFO', `the meta_info file ${file} cannot be read`, {
      place: { file },
      remedy: 'Give the path of a text file with one image path a line.',
      cause,
    });
  });
  return metaInfoEntries(text, file);
}

/** The entries of a list that has been read. Throws EsrganError `META_INFO` when it names no image. */
export function metaInfoEntries(text: string, file: string): MetaInfoEntry[] {
  const entries = parseMetaInfo(text);
  if (entries.length === 0)
    throw new EsrganError('META_INFO', `the meta_info file ${file} names no image`, {
      place: { file, line: 1 },
      remedy: 'Write one image path a line, relative to dataroot_gt; `esrgan generate-meta-info` does it.',
    });
  return entries;
}
