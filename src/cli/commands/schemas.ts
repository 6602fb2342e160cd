import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { jsonSchemas } from '../../config/json-schema.js';
import { packageRoot } from '../../config/package-root.js';
import { writeFileAtomic } from '../../formats/atomic.js';
import { type Io, print } from '../io.js';

/** Rewrites schemas/, which editors use for pipeline and option files. */
export async function schemas(io: Io): Promise<number> {
  await mkdir(path.join(packageRoot, 'schemas'), { recursive: true });
  for (const [name, text] of Object.entries(jsonSchemas())) {
    const file = path.join(packageRoot, 'schemas', name);
    await writeFileAtomic(file, text);
    print(io.stdout, [file]);
  }
  return 0;
}
