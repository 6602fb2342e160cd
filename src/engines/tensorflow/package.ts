import { createRequire } from 'node:module';
import path from 'node:path';

/** The npm package whose JavaScript half runs TensorFlow, and whose native half may be there or not. */
export interface BindingPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

const names = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

export const require = createRequire(import.meta.url);

/** The first one that is installed, with its native half or without. */
export function bindingPackage(): BindingPackage | undefined {
  for (const name of names) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      const { version } = require(manifest) as { version: string };
      return { name, version, folder: path.dirname(manifest) };
    } catch {
      // Not installed: the next one may be.
    }
  }
  return undefined;
}
