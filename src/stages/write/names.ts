import path from 'node:path';
import { type EncodeFormat, formatForExtension } from '../../images/encode.js';
import type { Source, Window } from '../../plan/types.js';
import { cropName } from '../crop/names.js';
import { scaleName } from '../multiscale/sizes.js';
import type { WriteOptions } from './options.js';

const extensions = { png: '.png', jpeg: '.jpg', webp: '.webp' } as const;

/** Formats that extract_subimages writes too; crops of anything else become PNG, so that nothing is lost. */
const keeps: readonly (EncodeFormat | undefined)[] = ['png', 'jpeg', 'webp', 'tiff'];

/** File name of a crop below the output folder, as the original scripts give it, e.g. `0001T0_s001.png`. */
export function outputName(source: Source, window: Window, format: WriteOptions['format']): string {
  const name = scaleName(source.id, window.scale.tag);
  const { dir, name: stem, ext } = path.posix.parse(name);
  const own = keeps.includes(formatForExtension(ext)) ? ext : '.png';
  const extension = format === 'source' ? own : extensions[format];
  return window.index === 0
    ? path.posix.join(dir, stem + extension)
    : cropName(name, window.index, extension);
}
