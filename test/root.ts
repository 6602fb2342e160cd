import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(from: string): string {
  return existsSync(path.join(from, 'package.json')) ? from : findRoot(path.dirname(from));
}

/** The package's folder, wherever the compiled test lies. */
export const root = findRoot(path.dirname(fileURLToPath(import.meta.url)));

/** A file under test/fixtures. */
export const fixture = (...parts: string[]): string => path.join(root, 'test', 'fixtures', ...parts);
