import path from 'node:path';
import { findAddon } from '../addon.js';
import type { BindingPackage } from '../package.js';
import { command } from './command.js';
import { tryAddon } from './trial.js';
import type { SetupContext, Trial } from './types.js';

const HOST = 'https://storage.googleapis.com/tensorflow/';
const redirected = [
  'TFJS_NODE_CDN_STORAGE',
  'TFJS_NODE_BASE_URI',
  'CDN_STORAGE',
  'HTTPS_PROXY',
  'https_proxy',
];

/**
 * The first way: the package's own install script, which fetches TensorFlow's C library and an addon that fits.
 *
 * @returns what it got, or one line that says why nothing
 */
export async function download(binding: BindingPackage, { log }: SetupContext): Promise<Trial | string> {
  const args = ['rebuild', binding.name, '--ignore-scripts=false'];
  log(`Trying the package's own download: npm ${args.join(' ')}`);
  const unreachable = await whyUnreachable();
  if (unreachable) return unreachable;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { ok, why } = await command(npm, args, { seconds: 1800, cwd: projectOf(binding.folder) });
  if (!ok) return why;
  const addon = findAddon(binding);
  if (!addon || addon.problem) return 'the install script ended without leaving an addon';
  return tryAddon(addon.file, binding);
}

/** The script itself would try for minutes. A mirror or a proxy is its own business. */
async function whyUnreachable(): Promise<string | undefined> {
  if (redirected.some((name) => process.env[name])) return undefined;
  try {
    await fetch(HOST, { method: 'HEAD', signal: AbortSignal.timeout(15_000) });
    return undefined;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return `${new URL(HOST).host} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

/** The folder that holds the outermost node_modules a package lies in. */
function projectOf(folder: string): string {
  return folder.slice(0, folder.indexOf(`${path.sep}node_modules${path.sep}`)) || path.sep;
}
