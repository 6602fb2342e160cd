// Compiles assembly/resample.ts and writes the module into src/simd/resample.wasm.ts, so that the TypeScript
// compiler alone makes a complete package. With --check it only compares, and fails when they are out of step.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, 'src', 'simd', 'resample.wasm.ts');

/** The TypeScript module that carries the compiled kernels. */
export async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      'assembly/resample.ts',
      ...['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
      ...['--importMemory', '--sharedMemory', '--noExportMemory'],
      ...['--initialMemory', '1', '--maximumMemory', '65536', '--outFile', 'resample.wasm'],
    ],
    {
      readFile: (name, folder) => {
        try {
          return readFileSync(path.resolve(root, folder, name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const base64 = Buffer.from(binary).toString('base64');
  return `/** Made from assembly/resample.ts by scripts/build-simd.mjs. */\nexport const wasm =\n  '${base64}';\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await compile();
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error('src/simd/resample.wasm.ts is not what assembly/resample.ts gives: node scripts/build-simd.mjs');
    process.exitCode = 1;
  }
}
