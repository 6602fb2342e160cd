import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../config/package-root.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import { type Io, print } from '../io.js';
import { withOperators } from '../operator-docs.js';
import { withOptions } from '../option-docs.js';

/** The pages with tables that are made from schemas. */
const pages = [
  ['degradations.md', withOperators],
  ['training.md', withOptions],
] as const;

/** Rewrites the tables in docs/ from the schemas of operators and option files. */
export async function docs(io: Io): Promise<number> {
  for (const [name, rewritten] of pages) {
    const file = path.join(packageRoot, 'docs', name);
    await writeFileAtomic(file, rewritten(await readFile(file, 'utf8')));
    print(io.stdout, [file]);
  }
  return 0;
}
