import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { PhotographView } from './types.js';

const always = ['lq.png', 'bicubic.png', 'gt.png'];

/** The held-back photographs of an experiment of which there are pictures to be laid over one another. */
export async function photographsOf(experiment: string): Promise<PhotographView[]> {
  const folder = path.join(experiment, 'visualization');
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  const found = await Promise.all(folders.map(photograph));
  return found.flatMap((one) => one ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function photograph(folder: string): Promise<PhotographView | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  if (!always.every((name) => names.includes(name))) return undefined;
  const size = await pngSize(path.join(folder, 'gt.png'));
  if (!size) return undefined;
  const iters = names.flatMap((name) => /^(\d{1,15})\.png$/.exec(name)?.[1] ?? []).map(Number);
  return { name: path.basename(folder), ...size, iters: iters.sort((a, b) => a - b) };
}

/** Width and height stand in the first chunk of every PNG. */
async function pngSize(file: string): Promise<{ width: number; height: number } | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(24), 0, 24, 0);
    return bytesRead < 24 ? undefined : { width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20) };
  } finally {
    await handle.close();
  }
}
