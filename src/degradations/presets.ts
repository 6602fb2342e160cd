import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** Presets by name; each is `pipelines/presets/<name>.yml`, a list of steps. */
export const presetNames = [
  'bicubic',
  'realesrgan',
  'realesrnet',
  'second_order',
  'bsrgan',
  'mild',
  'anime',
  'realesrgan_reference',
  'realesrnet_reference',
  'second_order_reference',
] as const;

export type PresetName = (typeof presetNames)[number];

/** The nearest folder above this file that holds the presets: the package's, wherever the code was compiled to. */
function presetFolder(from = path.dirname(fileURLToPath(import.meta.url))): string {
  const folder = path.join(from, 'pipelines', 'presets');
  return existsSync(folder) || from === path.dirname(from) ? folder : presetFolder(path.dirname(from));
}

export const presetPath = (name: PresetName): string => path.join(presetFolder(), `${name}.yml`);

/** The preset's steps as written, not yet validated. */
export async function readPreset(name: PresetName): Promise<unknown> {
  return parse(await readFile(presetPath(name), 'utf8'));
}
