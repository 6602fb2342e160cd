import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The folder for what can be made again at any time: measurements, compiled addons. ESRGAN_CACHE names
 * another one; else it is where the system keeps such things.
 */
export function cacheFolder(...parts: string[]): string {
  return path.join(process.env.ESRGAN_CACHE || path.join(systemCache(), 'esrgan-stream'), ...parts);
}

function systemCache(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (process.platform === 'win32') return LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local');
  return path.join(homedir(), ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']));
}
