import { constants } from 'node:os';
import path from 'node:path';
import { EsrganError } from '../../errors.js';
import { type BindingPackage, require } from './package.js';

/** The little of the addon's interface that is read here; the package's own JavaScript uses the rest. */
export interface Binding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

interface BackendModule {
  NodeJSKernelBackend: new (binding: Binding, name: string) => import('@tensorflow/tfjs-core').KernelBackend;
}

export const remedy =
  'Run `esrgan setup tensorflow`, which fetches or compiles the native addon, or use engine: onnxruntime.';

let loaded: Binding | undefined;

/**
 * Loads an addon and registers tfjs' backend `tensorflow` with it and the package's kernels. Once a process.
 * @throws EsrganError `ENGINE_MISSING` when the system's loader refuses it: a library or a symbol is missing
 */
export async function loadAddon(file: string, { name, folder }: BindingPackage): Promise<Binding> {
  if (loaded) return loaded;
  const binding = open(file);
  const [tf, { registerKernels }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('./kernels.js'),
  ]);
  const part = (module: string): unknown => require(path.join(folder, 'dist', module));
  part('register_all_kernels.js');
  const { NodeJSKernelBackend } = part('nodejs_kernel_backend.js') as BackendModule;
  registerKernels();
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, name));
  loaded = binding;
  return binding;
}

/**
 * Node unloads an addon with the thread that has loaded it, but TensorFlow has things to do when the process ends. (RTLD_NODELETE
 * of dlfcn.h, which Node does not name.)
 */
const NODELETE = { linux: 0x1000, darwin: 0x80 }[process.platform as string] ?? 0;

function open(file: string): Binding {
  const module = { exports: {} };
  try {
    // NOW: every symbol is looked up here, where one that is missing is an error and not the end of the process.
    process.dlopen(module, file, constants.dlopen.RTLD_NOW | NODELETE);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new EsrganError('ENGINE_MISSING', `The TensorFlow addon ${file} does not load: ${why}`, {
      remedy,
      cause,
    });
  }
  const binding = module.exports as Partial<Binding>;
  if (typeof binding.TF_Version !== 'string' || typeof binding.isUsingGpuDevice !== 'function')
    throw new EsrganError('ENGINE_MISSING', `${file} is not an addon of @tensorflow/tfjs-node.`, { remedy });
  return binding as Binding;
}
