import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../cache.js';
import type { BindingPackage } from './package.js';

/** Written beside an addon that was compiled here: what it was made from and what it needs. */
export interface AddonManifest {
  /** Name and version of the npm package whose sources were compiled. */
  readonly package: string;
  /** Version of TensorFlow. */
  readonly tensorflow: string;
  /** TensorFlow's libraries, absolute paths with the size each had. */
  readonly libraries: Readonly<Record<string, number>>;
}

/** An addon on this disk: `problem` says why it will not do. */
export interface Addon {
  readonly file: string;
  readonly origin: string;
  readonly problem?: string;
}

const ADDON = 'tfjs_binding.node';

/** Where `esrgan setup tensorflow` puts what it compiles: `npm ci` empties the package's own folder. */
export function compiledFolder({ name, version }: BindingPackage): string {
  const of = `${path.basename(name)}-${version}-${process.platform}-${process.arch}`;
  return cacheFolder('tensorflow', of);
}

export const addonFile = (folder: string): string => path.join(folder, ADDON);
export const manifestFile = (folder: string): string => path.join(folder, 'addon.json');

/** The addon compiled here, else the one that the package's install script fetched. */
export function findAddon(binding: BindingPackage): Addon | undefined {
  const [compiled, fetched] = [compiledAddon(binding), fetchedAddon(binding)];
  return compiled && !compiled.problem ? compiled : (fetched ?? compiled);
}

function compiledAddon(binding: BindingPackage): Addon | undefined {
  const folder = compiledFolder(binding);
  const file = addonFile(folder);
  if (!existsSync(file)) return undefined;
  try {
    const manifest = JSON.parse(readFileSync(manifestFile(folder), 'utf8')) as AddonManifest;
    const origin = `an addon compiled on this machine against TensorFlow ${manifest.tensorflow}`;
    return { file, origin, problem: problemOf(manifest, binding) };
  } catch {
    return { file, origin: 'an addon compiled on this machine', problem: 'its addon.json cannot be read' };
  }
}

function problemOf(manifest: AddonManifest, { name, version }: BindingPackage): string | undefined {
  if (manifest.package !== `${name} ${version}`)
    return `it was compiled from ${manifest.package}, but ${name} ${version} is installed`;
  for (const [library, size] of Object.entries(manifest.libraries)) {
    const found = statSync(library, { throwIfNoEntry: false });
    if (!found) return `it needs ${library}, which is no longer there`;
    if (found.size !== size)
      return `${library} is not the file of TensorFlow ${manifest.tensorflow} any more that it was compiled against`;
  }
  return undefined;
}

/** The package keeps one addon a version of Node-API that it was built for; newer ones than Node's do not load. */
function fetchedAddon({ name, version, folder }: BindingPackage): Addon | undefined {
  for (let napi = Number(process.versions.napi); napi > 0; napi--) {
    const file = path.join(folder, 'lib', `napi-v${napi}`, ADDON);
    if (existsSync(file)) return { file, origin: `the native addon of ${name} ${version}` };
  }
  return undefined;
}
