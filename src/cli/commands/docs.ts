import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../config/package-root.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import { type Io, print } from '../io.js';
import { withOperators } from '../operator-docs.js';

/** Rewrites the tables of docs/degradations.md from the operators' schemas. */
export async function docs(io: Io): Promise<number> {
  const file = path.join(packageRoot, 'docs', 'degradations.md');
  await writeFileAtomic(file, withOperators(await readFile(file, 'utf8')));
  print(io.stdout, [file]);
  return 0;
}
