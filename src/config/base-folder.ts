import { existsSync } from 'node:fs';
import path from 'node:path';
import { isRemote } from '../remote/address.js';
import type { SourceOptions } from '../stages/discover/options.js';
import type { TrainOptions } from '../training/options.js';
import { packageRoot } from './package-root.js';

/** Validation pictures of a shipped pipeline lie beside its training pictures. */
export function fromBase(options: TrainOptions, baseFolder: string): TrainOptions {
  if (!options.val || baseFolder === process.cwd()) return options;
  const found = (file: string): string => (existsAt('.', file) ? file : path.join(baseFolder, file));
  const { dataroot_gt, dataroot_lq } = options.val;
  const val = {
    ...options.val,
    images: options.val.images.map(found),
    ...(dataroot_gt !== undefined && { dataroot_gt: found(dataroot_gt) }),
    ...(dataroot_lq !== undefined && { dataroot_lq: found(dataroot_lq) }),
  };
  return { ...options, val };
}

/** The working folder, unless the photographs are only found from the pipeline file's own folder or package. */
export function chooseBase(file: string, source: SourceOptions): string {
  const { images = [], tars = [], meta_info, dataroot_gt, dataroot_lq } = source;
  const relative = [...images, ...tars, meta_info, dataroot_gt, dataroot_lq].filter(
    (name): name is string => name !== undefined && !isRemote(name),
  );
  const own = path.dirname(path.resolve(file));
  const shipped = own.startsWith(packageRoot + path.sep);
  const folders = [process.cwd(), own, ...(shipped ? [packageRoot] : [])];
  const found =
    folders.find((folder) => relative.every((pattern) => existsAt(folder, pattern))) ??
    folders.find((folder) => relative.some((pattern) => existsAt(folder, pattern)));
  return found ?? (shipped ? packageRoot : process.cwd());
}

/** Whether the part of a glob before its first special character exists below a folder. */
function existsAt(folder: string, pattern: string): boolean {
  const steps = pattern.split('/');
  const magic = steps.findIndex((step) => /[*?{}()[\]!]/.test(step));
  const fixed = (magic < 0 ? steps : steps.slice(0, magic)).join('/');
  return existsSync(path.resolve(folder, fixed || '.'));
}
