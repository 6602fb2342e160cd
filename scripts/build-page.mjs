// Bundles the pages: every folder of src/ui/page with a main.tsx becomes dist/page/<folder>.js and .css, which hold all
// they need, so that nothing is loaded from elsewhere.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const pages = path.join(root, 'src', 'ui', 'page');

const built = await Promise.allSettled(
  readdirSync(pages)
    .filter((name) => existsSync(path.join(pages, name, 'main.tsx')))
    .map((name) =>
      build({
        entryPoints: { [name]: path.join(pages, name, 'main.tsx') },
        outdir: path.join(root, 'dist', 'page'),
        tsconfig: path.join(pages, 'tsconfig.json'),
        bundle: true,
        minify: true,
        format: 'esm',
        target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
        legalComments: 'none',
        logLevel: 'warning',
      }),
    ),
);
if (built.some(({ status }) => status === 'rejected')) process.exitCode = 1;
