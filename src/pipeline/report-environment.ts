import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { Environment } from '../report/index.js';

/** Packages whose versions a result may depend on. */
const computing = ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp'];

/** The machine, and the versions of what computes on it. */
export async function environment(): Promise<Environment> {
  const cpus = os.cpus();
  const versions = await Promise.all(computing.map(async (name) => [name, await versionOf(name)] as const));
  const found = versions.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    node: process.version,
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memory: os.totalmem(),
    version: (await versionIn(packageRoot)) ?? 'unknown',
    packages: Object.fromEntries(found),
    folder: process.cwd(),
  };
}

/** The version of an installed package: beside this one's own, or above where that is a dependency itself. */
async function versionOf(name: string, from = packageRoot): Promise<string | undefined> {
  const version = await versionIn(path.join(from, 'node_modules', name));
  const above = path.dirname(from);
  return version ?? (above === from ? undefined : versionOf(name, above));
}

async function versionIn(folder: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
      version: string;
    };
    return version;
  } catch {
    return undefined;
  }
}
