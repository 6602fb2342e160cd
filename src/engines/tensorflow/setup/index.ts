import { EsrganError } from '../../../errors.js';
import { type BindingPackage, bindingPackage } from '../package.js';
import { command } from './command.js';
import { compile } from './compile.js';
import { download } from './download.js';
import { makeEnvironment } from './environment.js';
import { findTensorflow } from './find-tensorflow.js';
import type { SetupContext, Trial } from './types.js';

export type { SetupContext } from './types.js';

export interface SetupOptions {
  /** A Python with TensorFlow, a virtual environment, or a folder of TensorFlow's C library: use that one. */
  readonly python?: string;
}

export interface SetupResult extends Trial {
  /** How the addon came: fetched by its package, or compiled here. */
  readonly how: 'download' | 'compiled';
}

/**
 * Makes the `tensorflow` engine present: the package's own download; else an addon compiled against an installed
 * TensorFlow; else the same after installing one into a virtual environment of its own, if `confirm` agrees.
 *
 * @throws EsrganError `ENGINE_MISSING` (the npm package is not there) | `TENSORFLOW_NOT_FOUND` | `COMPILER_MISSING` |
 * `NODE_HEADERS` | `TENSORFLOW_ADDON`
 */
export async function setupTensorflow({ python }: SetupOptions, ctx: SetupContext): Promise<SetupResult> {
  const binding = bindingPackage();
  if (!binding)
    throw new EsrganError('ENGINE_MISSING', '@tensorflow/tfjs-node-gpu is not installed.', {
      remedy: 'Run `npm install @tensorflow/tfjs-node-gpu` first.',
    });
  if (python !== undefined) return compiled(binding, python, ctx);
  const nvidia = (await command('nvidia-smi', ['-L'], { seconds: 30 })).ok;
  const fetched = await download(binding, ctx);
  if (typeof fetched !== 'string' && (fetched.gpu || !nvidia)) return { ...fetched, how: 'download' };
  ctx.log(`It does not serve: ${typeof fetched === 'string' ? fetched : 'it finds no graphics card'}`);
  return compiled(binding, undefined, ctx, nvidia);
}

async function compiled(
  binding: BindingPackage,
  python: string | undefined,
  ctx: SetupContext,
  nvidia = false,
): Promise<SetupResult> {
  const found = await findTensorflow(python);
  if (!found) ctx.log('No Python here has TensorFlow');
  const why = found ? undefined : await makeEnvironment(nvidia, ctx);
  const installation = found ?? (await findTensorflow(undefined));
  if (!installation)
    throw new EsrganError('TENSORFLOW_NOT_FOUND', `There is no TensorFlow to be had: ${why}.`, {
      remedy:
        'Install it (pip install tensorflow-cpu, or tensorflow[and-cuda] for an NVIDIA card) and run `esrgan setup tensorflow --python <its python>`; or use engine: onnxruntime, which needs none of this.',
    });
  return { ...(await compile(binding, installation, ctx)), how: 'compiled' };
}
