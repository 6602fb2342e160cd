import path from 'node:path';
import { isRemote } from '../../remote/index.js';

/** A file as a root and a path relative to it. */
export interface Located {
  readonly path: string;
  readonly root: string;
  readonly relative: string;
}

/**
 * An id for every file: its relative path; where several roots have a file of that name, with the name of the
 * root before it, and should that not tell them apart either, with the path of the root from `baseFolder`.
 */
export function assignIds(files: readonly Located[], baseFolder: string): string[] {
  const candidates = [
    (file: Located) => file.relative,
    (file: Located) => path.posix.join(path.basename(file.root), file.relative),
    (file: Located) =>
      isRemote(file.root)
        ? path.posix.join(file.root.replace(/^\w+:\/\//, ''), file.relative)
        : slashes(path.join(path.relative(baseFolder, file.root), file.relative)),
    (file: Located) => slashes(file.path),
  ];
  const ids: string[] = files.map(() => '');
  const taken = new Set<string>();
  let open = files.map((_, i) => i);
  for (const name of candidates) {
    const counts = new Map<string, number>();
    for (const i of open) counts.set(name(files[i]), (counts.get(name(files[i])) ?? 0) + 1);
    open = open.filter((i) => {
      const id = name(files[i]);
      if (counts.get(id) !== 1 || taken.has(id)) return true;
      taken.add(id);
      ids[i] = id;
      return false;
    });
  }
  return ids;
}

const slashes = (file: string): string => file.split(path.sep).join('/');
