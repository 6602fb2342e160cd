import { homedir } from 'node:os';
import path from 'node:path';
import { TrainOptions } from '../../training/options.js';
import { valueAt } from '../problems.js';
import type { Path } from '../yaml-file.js';

type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keys = Object.keys(TrainOptions.shape);

/** Names of the validation sets in an option file: `val`, `val_set5` ... */
export function validationSets(file: unknown): string[] {
  const sets = valueAt(file, ['datasets']);
  return isMapping(sets) ? Object.keys(sets).filter((name) => /^val(_|$)/.test(name)) : [];
}

/** What a training run takes from an option file, in the words of `TrainOptions`. Nothing is checked yet. */
export function trainInput(file: unknown): Mapping {
  if (!isMapping(file)) return {};
  const own = Object.fromEntries(
    keys.filter((key) => file[key] !== undefined).map((key) => [key, file[key]]),
  );
  const paths = isMapping(own.path) ? { path: expanded(own.path) } : {};
  const val = validation(file, own.val);
  return {
    ...own,
    ...paths,
    ...(val && { val }),
    ...logger(own.logger),
    ...relativistic(file, own.train),
  };
}

/** `~` at the start of a path, as BasicSR reads it. */
export const fromHome = (file: string): string => file.replace(/^~(?=$|[\\/])/, homedir());

const expanded = (paths: Mapping): Mapping =>
  Object.fromEntries(
    Object.entries(paths).map(([key, value]) => [key, typeof value === 'string' ? fromHome(value) : value]),
  );

/** The pictures of `datasets.val` with what `val` says of measuring. */
function validation(file: Mapping, val: unknown): Mapping | undefined {
  const [first] = validationSets(file);
  if (first === undefined) return undefined;
  const set = valueAt(file, ['datasets', first]);
  if (!isMapping(set)) return undefined;
  const folders = Object.fromEntries(
    ['dataroot_gt', 'dataroot_lq'].flatMap((key) => {
      const folder = set[key];
      return folder === undefined || folder === null
        ? []
        : [[key, typeof folder === 'string' ? path.normalize(fromHome(folder)) : folder]];
    }),
  );
  return { ...(isMapping(val) ? val : {}), ...folders };
}

/** Weights that other programs of the field read, unless the file asks for another format. */
function logger(own: unknown): Mapping {
  if (own !== undefined && own !== null && !isMapping(own)) return {};
  return { logger: { save_format: 'pth', ...own } };
}

/** ESRGAN (2018) judges real and fake against each other; the later models do not. */
function relativistic({ model_type }: Mapping, train: unknown): Mapping {
  const gan_opt = valueAt(train, ['gan_opt']);
  if (model_type !== 'ESRGANModel' || !isMapping(train) || !isMapping(gan_opt)) return {};
  return { train: { ...train, gan_opt: { relativistic: true, ...gan_opt } } };
}

/** Where something of the training options stands in the option file they were made from. */
export function placeInFile(at: Path, file: unknown): Path {
  const [head, key] = at;
  const [first] = validationSets(file);
  const ofSet = head === 'val' && (key === 'dataroot_gt' || key === 'dataroot_lq');
  return ofSet && first !== undefined ? ['datasets', first, ...at.slice(1)] : at;
}
