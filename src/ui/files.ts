import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { notFound } from './not-found.js';
import type { Reply } from './reply.js';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.txt': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.yml': 'text/plain; charset=utf-8',
};

/** Larger files are not sent whole. */
const LARGEST = 256 * 2 ** 20;

/**
 * The real path of a file in a folder; nothing for folders, for what lies outside it by `..` or by links, for hidden
 * names and for types that are not `allowed`.
 */
export async function fileInside(
  folder: string,
  relative: string,
  allowed: readonly string[] = Object.keys(types),
): Promise<string | undefined> {
  const parts = relative.split('/');
  if (parts.some((part) => part === '' || part.startsWith('.') || /[\\\0]/.test(part))) return undefined;
  if (!allowed.includes(path.extname(relative).toLowerCase())) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, ...parts));
    const inside = path.relative(root, file);
    if (inside === '' || inside.split(path.sep)[0] === '..' || path.isAbsolute(inside)) return undefined;
    const stats = await stat(file);
    return stats.isFile() && stats.size <= LARGEST ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A file of a folder as an answer.
 * @throws Refusal 404 for everything that `fileInside` does not find
 */
export async function fileReply(
  folder: string,
  relative: string,
  options: { readonly allowed?: readonly string[]; readonly immutable?: boolean } = {},
): Promise<Reply> {
  const file = await fileInside(folder, relative, options.allowed);
  if (file === undefined) throw notFound();
  const type = types[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
  return { bytes: await readFile(file), type, immutable: options.immutable };
}
