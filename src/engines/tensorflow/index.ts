import { EsrganError } from '../../errors.js';
import type { Availability, Engine } from '../types.js';
import { type Addon, findAddon } from './addon.js';
import { loadAddon, remedy } from './load.js';
import { type BindingPackage, bindingPackage } from './package.js';

type Found = { readonly binding: BindingPackage; readonly addon: Addon };

function find(): Found | Extract<Availability, { ok: false }> {
  const binding = bindingPackage();
  if (!binding)
    return {
      ok: false,
      reason: '@tensorflow/tfjs-node-gpu is not installed',
      remedy: 'Run `npm install @tensorflow/tfjs-node-gpu`, then `esrgan setup tensorflow`.',
    };
  const addon = findAddon(binding);
  if (!addon) return { ok: false, reason: `the native addon of ${binding.name} is not installed`, remedy };
  if (addon.problem) return { ok: false, reason: `${addon.origin} cannot be used: ${addon.problem}`, remedy };
  return { binding, addon };
}

/** TensorFlow's native library, on a GPU where the installed TensorFlow finds one. */
export const tensorflow: Engine = {
  name: 'tensorflow',
  executions: ['cpu', 'cuda'],
  available: () => {
    const found = find();
    return 'addon' in found ? { ok: true, reason: `${found.addon.origin} is there` } : found;
  },
  start: async (execution) => {
    const found = find();
    if (!('addon' in found))
      throw new EsrganError('ENGINE_MISSING', `${found.reason}.`, { remedy: found.remedy });
    // Read when the library loads: no notes about the processor on stderr; no graphics card where none is wanted.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    if (execution === 'cpu') process.env.CUDA_VISIBLE_DEVICES = '-1';
    const binding = await loadAddon(found.addon.file, found.binding);
    const gpu = binding.isUsingGpuDevice();
    if (execution !== 'auto' && gpu !== (execution === 'cuda'))
      throw wrongDevice(execution, binding.TF_Version);
    return { execution: gpu ? 'cuda' : 'cpu', detail: `TensorFlow ${binding.TF_Version}` };
  },
};

const wrongDevice = (execution: string, version: string): EsrganError =>
  execution === 'cuda'
    ? new EsrganError('ENGINE_MISSING', `TensorFlow ${version} finds no NVIDIA graphics card it can use.`, {
        remedy:
          'Run `nvidia-smi` to see whether the driver works; `esrgan setup tensorflow` with a TensorFlow that brings CUDA along: pip install tensorflow[and-cuda].',
      })
    : new EsrganError('ENGINE_MISSING', `TensorFlow ${version} was loaded for a graphics card before.`, {
        remedy: 'Start a new process for another execution, or set CUDA_VISIBLE_DEVICES=-1 before it begins.',
      });
