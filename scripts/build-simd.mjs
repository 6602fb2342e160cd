// Compiles each module of assembly/ and writes it into src/simd/NAME.wasm.ts, so that the TypeScript compiler alone
// makes a complete package. With --check it only compares, and fails when they are out of step.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const fileOf = (name) => path.join(root, 'src', 'simd', `${name}.wasm.ts`);

const simd = ['--enable', 'simd'];
/** Modules that import memory shared between threads, and those that import memory of one thread. */
const shared = ['--enable', 'threads', '--sharedMemory'];
export const modules = { resample: [...simd, ...shared], unfilter: [...simd, ...shared], float: simd, png: simd, deflate: [] };

/** The TypeScript module that carries the compiled kernels of assembly/NAME.ts. */
export async function compile(name = 'resample') {
  let binary;
  const { error, stderr } = await asc.main(
    [
      `assembly/${name}.ts`,
      ...['-O3', '--noAssert', '--runtime', 'stub', ...modules[name]],
      ...['--importMemory', '--noExportMemory'],
      ...['--initialMemory', '1', '--maximumMemory', '65536', '--outFile', `${name}.wasm`],
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
  return `/** Made from assembly/${name}.ts by scripts/build-simd.mjs. */\nexport const wasm =\n  '${base64}';\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(modules)) {
    const text = await compile(name);
    if (!process.argv.includes('--check')) writeFileSync(fileOf(name), text);
    else if (readFileSync(fileOf(name), 'utf8') !== text) {
      console.error(
        `src/simd/${name}.wasm.ts is not what assembly/${name}.ts gives: node scripts/build-simd.mjs`,
      );
      process.exitCode = 1;
    }
  }
}
