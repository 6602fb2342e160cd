import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { EsrganError } from '../../../errors.js';
import { cacheFolder } from '../../cache.js';
import { command } from './command.js';
import type { Installation } from './types.js';

/** Finds the package without importing it, which would take seconds. */
const probe = `
import importlib.metadata, importlib.util, json
spec = importlib.util.find_spec("tensorflow")
names = ["tensorflow", "tensorflow-cpu", "tensorflow-macos", "tensorflow-rocm", "tf-nightly"]
def version(name):
    try: return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError: return None
print(json.dumps({
    "folder": spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else None,
    "version": next(filter(None, map(version, names)), "of unknown version"),
}))
`;

/** The virtual environment that setup makes. */
export const ownEnvironment = (): string => cacheFolder('tensorflow', 'python');

export const pythonOf = (environment: string): string =>
  process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');

/**
 * The first TensorFlow among: `wanted` (a Python, a virtual environment, or a folder of TensorFlow's C library)
 * and no other; else the Python of an active virtual environment, our own one, `python3`, `python`.
 *
 * @returns undefined where there is none
 * @throws EsrganError `TENSORFLOW_NOT_FOUND` when `wanted` holds none
 */
export async function findTensorflow(wanted: string | undefined): Promise<Installation | undefined> {
  if (wanted !== undefined) return wantedTensorflow(wanted);
  const { VIRTUAL_ENV } = process.env;
  const environments = [...(VIRTUAL_ENV ? [VIRTUAL_ENV] : []), ownEnvironment()].map(pythonOf);
  for (const python of [...environments.filter((file) => existsSync(file)), 'python3', 'python']) {
    const found = await inPython(python);
    if (typeof found !== 'string') return found;
  }
  return undefined;
}

async function wantedTensorflow(wanted: string): Promise<Installation> {
  const folder = statSync(wanted, { throwIfNoEntry: false })?.isDirectory()
    ? path.resolve(wanted)
    : undefined;
  const library = folder && inFolder(folder, path.join(folder, 'lib'), '', `the C library in ${folder}`);
  const found = library ?? (await inPython(folder ? pythonOf(folder) : wanted));
  if (typeof found !== 'string') return found;
  throw new EsrganError('TENSORFLOW_NOT_FOUND', `There is no TensorFlow in ${wanted}: ${found}.`, {
    place: { file: `--python ${wanted}` },
    remedy:
      'Name a Python that can `import tensorflow`, a virtual environment, or a folder of the TensorFlow C library.',
  });
}

async function inPython(python: string): Promise<Installation | string> {
  const { ok, stdout, why } = await command(python, ['-c', probe], { seconds: 60 });
  if (!ok) return why;
  const { folder, version } = JSON.parse(stdout) as { folder: string | null; version: string };
  if (folder === null) return `${python} has no package tensorflow`;
  return (
    inFolder(folder, folder, version, `the Python package in ${folder}`) ??
    `${folder} holds no C interface (tensorflow/c/c_api.h, libtensorflow_cc)`
  );
}

/** `lib` holds the libraries: tensorflow_cc in a Python package, tensorflow in a C library. */
function inFolder(folder: string, lib: string, version: string, where: string): Installation | undefined {
  const include = path.join(folder, 'include');
  if (!existsSync(path.join(include, 'tensorflow', 'c', 'c_api.h')) || !existsSync(lib)) return undefined;
  const files = readdirSync(lib);
  const named = (stem: string): string | undefined =>
    files
      .filter((file) => new RegExp(`^lib${stem}(\\.2)?\\.(so|dylib)(\\.2)?$`).test(file))
      .sort((a, b) => b.length - a.length)[0];
  const interfaces = named('tensorflow_cc') ?? named('tensorflow');
  if (!interfaces) return undefined;
  const framework = named('tensorflow_framework');
  const libraries = [interfaces, ...(framework ? [framework] : [])].map((file) => path.join(lib, file));
  return { version, include, libraries, where };
}
