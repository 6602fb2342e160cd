import path from 'node:path';

export interface CropNameParts {
  /** Folder, with forward slashes; empty for none. */
  readonly dir: string;
  readonly stem: string;
  /** With its dot; empty when the name has none. */
  readonly extension: string;
}

/**
 * How extract_subimages reads a file name: `x2`, `x3`, `x4` and `x8` are deleted anywhere in the stem, one pass
 * each in this order (so `400x400.png` becomes `40000`).
 */
export function cropNameParts(name: string): CropNameParts {
  const { dir, name: stem, ext } = path.posix.parse(name);
  let short = stem;
  for (const mark of ['x2', 'x3', 'x4', 'x8']) short = short.replaceAll(mark, '');
  return { dir, stem: short, extension: ext };
}

/** File name of crop number `index` (from 1) of an image: `0801x4.png`, 7 -> `0801_s007.png`. */
export function cropName(name: string, index: number, extension?: string): string {
  const parts = cropNameParts(name);
  const number = String(index).padStart(3, '0');
  return path.posix.join(parts.dir, `${parts.stem}_s${number}${extension ?? parts.extension}`);
}
