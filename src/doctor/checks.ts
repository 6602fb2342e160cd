import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../config/package-root.js';
import type { Check } from './types.js';

const GIB = 2 ** 30;

/** What training needs besides an engine. */
export const checks = (): Promise<Check[]> =>
  Promise.all([node(), sharp(), disk(process.cwd()), openFiles(), load(loadavg()[0]!)]);

function node(): Check {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const wanted = manifest.engines.node.replace('>=', '');
  const numbers = (version: string): number => {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return major * 1000 + minor;
  };
  const good = numbers(process.versions.node) >= numbers(wanted);
  const found = `Node ${process.versions.node} (${wanted} or newer is needed)`;
  return good
    ? { name: 'node', state: 'good', found }
    : { name: 'node', state: 'bad', found, remedy: `Install Node ${wanted} or newer.` };
}

async function sharp(): Promise<Check> {
  try {
    const library = (await import('sharp')).default;
    const simd = library.simd() ? '' : ', without SIMD';
    const found = `sharp ${library.versions.sharp}, libvips ${library.versions.vips}${simd}`;
    return { name: 'sharp', state: 'good', found };
  } catch (error) {
    const why = error instanceof Error ? (error.message.trim().split('\n')[0] ?? '') : String(error);
    const remedy = 'Run `npm ci --include=optional`: the binary for this system is an optional package.';
    return { name: 'sharp', state: 'bad', found: `does not load: ${why}`, remedy };
  }
}

async function disk(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${(free / GIB).toFixed(1)} GiB free in ${folder}`;
  if (free >= 5 * GIB) return { name: 'disk', state: 'good', found };
  const remedy =
    'Checkpoints of a large network with its optimizer take 0.5 GiB each: make room, or keep few.';
  return { name: 'disk', state: free < GIB ? 'bad' : 'poor', found, remedy };
}

/** Looked at before anything is measured. On Windows there is no such figure: it is always 0. */
function load(average: number): Check {
  const cores = availableParallelism();
  const found = `${average.toFixed(1)} on ${cores} cores`;
  if (average <= cores / 2) return { name: 'load', state: 'good', found };
  const remedy =
    'Other programs are at work, so the figures above are too low: run it again when they are done.';
  return { name: 'load', state: 'poor', found, remedy };
}

async function openFiles(): Promise<Check> {
  const name = 'open files';
  if (process.platform === 'win32') return { name, state: 'good', found: 'no limit that matters' };
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n']);
  const limit = Number(stdout);
  if (Number.isNaN(limit)) return { name, state: 'good', found: 'no limit' };
  const found = `at most ${limit}`;
  if (limit >= 1024) return { name, state: 'good', found };
  return { name, state: 'poor', found, remedy: 'Allow more before a run: `ulimit -n 4096`.' };
}
