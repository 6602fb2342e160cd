import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EsrganError } from '../../../errors.js';
import { type AddonManifest, addonFile, compiledFolder, manifestFile } from '../addon.js';
import type { BindingPackage } from '../package.js';
import { command } from './command.js';
import { nodeHeaders } from './node-headers.js';
import { tryAddon } from './trial.js';
import type { Installation, SetupContext, Trial } from './types.js';

/**
 * The second way: the package's few C++ files, compiled with the system's compiler and linked to an installed
 * TensorFlow. It takes half a minute, and the result some 100 kB in the user's cache folder.
 *
 * @throws EsrganError `COMPILER_MISSING` | `NODE_HEADERS` | `TENSORFLOW_ADDON` (it does not compile, or does not
 * work once compiled)
 */
export async function compile(
  binding: BindingPackage,
  tensorflow: Installation,
  { log }: SetupContext,
): Promise<Trial> {
  const compiler = await findCompiler();
  const headers = await nodeHeaders();
  const folder = compiledFolder(binding);
  const fresh = `${folder}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  try {
    const file = addonFile(fresh);
    const args = await compilerArguments(binding, tensorflow, headers, file);
    log(`Compiling the addon against TensorFlow ${tensorflow.version}: ${tensorflow.where}`);
    const compiled = await command(compiler, args, { seconds: 600 });
    if (!compiled.ok) throw broken(`${compiler}: ${compiled.why}`, tensorflow);
    log('Trying it: a convolution and its gradients');
    const trial = await tryAddon(file, binding);
    if (typeof trial === 'string') throw broken(trial, tensorflow);
    await writeFile(manifestFile(fresh), await manifestOf(binding, tensorflow, trial));
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return trial;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function findCompiler(): Promise<string> {
  const candidates = process.env.CXX ? [process.env.CXX] : ['g++', 'clang++', 'c++'];
  for (const compiler of candidates)
    if ((await command(compiler, ['--version'], { seconds: 30 })).ok) return compiler;
  throw new EsrganError(
    'COMPILER_MISSING',
    `No C++ compiler was found (${candidates.join(', ')}), which the addon needs.`,
    {
      remedy:
        process.platform === 'win32'
          ? 'On Windows use engine: onnxruntime, or WSL.'
          : 'Install one: `apt-get install g++` on Debian and Ubuntu, `xcode-select --install` on macOS; or name one in CXX.',
    },
  );
}

async function compilerArguments(
  { folder }: BindingPackage,
  { include, libraries }: Installation,
  headers: string,
  file: string,
): Promise<string[]> {
  const sources = path.join(folder, 'binding');
  const units = (await readdir(sources)).filter((name) => name.endsWith('.cc'));
  const rpaths = new Set(libraries.map((library) => path.dirname(library)));
  return [
    ...['-std=c++17', '-O2', '-shared', '-fPIC', '-w', '-DNAPI_VERSION=8'],
    ...[folder, include, headers].map((directory) => `-I${directory}`),
    ...units.map((name) => path.join(sources, name)),
    ...libraries,
    ...[...rpaths].map((directory) => `-Wl,-rpath,${directory}`),
    // Node itself brings the symbols of its interface along.
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
    ...['-o', file],
  ];
}

async function manifestOf(
  { name, version }: BindingPackage,
  { libraries }: Installation,
  { tensorflow }: Trial,
): Promise<string> {
  const sizes = await Promise.all(libraries.map(async (file) => [file, (await stat(file)).size] as const));
  const manifest: AddonManifest = {
    package: `${name} ${version}`,
    tensorflow,
    libraries: Object.fromEntries(sizes),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const broken = (why: string, { version, where }: Installation): EsrganError =>
  new EsrganError(
    'TENSORFLOW_ADDON',
    `The addon for TensorFlow ${version} (${where}) does not work: ${why}`,
    {
      remedy: 'Name another TensorFlow with --python (2.21 is known to work), or use engine: onnxruntime.',
    },
  );
