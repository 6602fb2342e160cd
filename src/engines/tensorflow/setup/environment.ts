import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { command } from './command.js';
import { ownEnvironment, pythonOf } from './find-tensorflow.js';
import type { SetupContext } from './types.js';

/** With an NVIDIA card, TensorFlow brings the CUDA libraries it wants along; else the small build will do. */
const wheelFor = (nvidia: boolean): string => {
  if (process.platform === 'darwin' || process.arch !== 'x64') return 'tensorflow';
  return nvidia ? 'tensorflow[and-cuda]' : 'tensorflow-cpu';
};

/**
 * The last way: a virtual environment of our own with TensorFlow in it, when the user wants that.
 *
 * @returns undefined when it is there, else one line that says why not
 */
export async function makeEnvironment(nvidia: boolean, ctx: SetupContext): Promise<string | undefined> {
  const folder = ownEnvironment();
  const wheel = wheelFor(nvidia);
  const size = wheel.includes('cuda') ? '4 GB' : '1.5 GB';
  const question = `Create a virtual environment in ${folder} and install ${wheel} with pip (about ${size} on the disk)?`;
  if (!(await ctx.confirm(question)))
    return `no TensorFlow is installed, and creating a virtual environment for it was not agreed to (--yes agrees)`;
  ctx.log(`Creating the virtual environment ${folder}`);
  await mkdir(path.dirname(folder), { recursive: true });
  const made = await command('python3', ['-m', 'venv', folder], { seconds: 120 });
  if (!made.ok) return `python3 -m venv: ${made.why}`;
  const args = ['-m', 'pip', 'install', '--no-input', wheel];
  ctx.log(`Installing ${wheel} with pip`);
  const installed = await command(pythonOf(folder), args, { seconds: 1800 });
  return installed.ok ? undefined : `pip install ${wheel}: ${installed.why}`;
}
