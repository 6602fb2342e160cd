import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import type { Engine } from '../types.js';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
const remedy =
  'Run `npm rebuild @tensorflow/tfjs-node-gpu --ignore-scripts=false` (or install @tensorflow/tfjs-node) to get the native addon, or use engine: wasm.';

const require = createRequire(import.meta.url);

function folderOf(name: string): string | undefined {
  try {
    return path.dirname(require.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** The addon lies in lib/napi-v<n>/ once the package's install script has fetched or built it. */
function hasAddon(folder: string): boolean {
  const lib = path.join(folder, 'lib');
  return (
    existsSync(lib) &&
    readdirSync(lib).some((entry) => existsSync(path.join(lib, entry, 'tfjs_binding.node')))
  );
}

function installed(): string | undefined {
  return packages.find((name) => {
    const folder = folderOf(name);
    return folder !== undefined && hasAddon(folder);
  });
}

/** TensorFlow's native library, on a GPU where tfjs-node-gpu finds one. */
export const tensorflow: Engine = {
  name: 'tensorflow',
  executions: ['cpu', 'cuda'],
  available: () => {
    const name = installed();
    return name
      ? { ok: true, reason: `the native addon of ${name} is installed` }
      : { ok: false, reason: 'the native addon of @tensorflow/tfjs-node-gpu is not installed', remedy };
  },
  start: async () => {
    const name = installed();
    if (!name) throw new EsrganError('ENGINE_MISSING', 'The TensorFlow addon is not installed.', { remedy });
    // TensorFlow writes notes about the processor to stderr unless told otherwise before it loads.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    try {
      await import(name);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      throw new EsrganError('ENGINE_MISSING', `${name} is installed but does not load: ${why}`, {
        remedy,
        cause,
      });
    }
    return { execution: 'cpu' };
  },
};
