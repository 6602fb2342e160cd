import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function climb(folder: string): string {
  const parent = path.dirname(folder);
  return existsSync(path.join(folder, 'package.json')) || parent === folder ? folder : climb(parent);
}

/** The folder of this package: shipped pipelines, options and sample photographs lie below it. */
export const packageRoot = climb(path.dirname(fileURLToPath(import.meta.url)));
