import path from 'node:path';
import type { z } from 'zod';
import { isRemote } from '../../remote/address.js';
import type { TrainOptions } from '../../training/options.js';
import { fromBase } from '../base-folder.js';
import type { PipelineInput } from './pipeline-input.js';

type Source = PipelineInput['source'];

/**
 * The same pipeline with pictures named so that they are found from the working folder: options that come with the
 * program may be about photographs that lie beside them.
 */
export function rebased(
  input: PipelineInput,
  train: TrainOptions,
  given: z.input<typeof TrainOptions>,
  baseFolder: string,
): PipelineInput {
  if (baseFolder === process.cwd()) return input;
  const { images, dataroot_gt, dataroot_lq } = fromBase(train, baseFolder).val ?? {};
  const found = {
    ...(images && images.length > 0 && { images }),
    ...(dataroot_gt !== undefined && { dataroot_gt }),
    ...(dataroot_lq !== undefined && { dataroot_lq }),
  };
  const val = given.val && { val: { ...given.val, ...found } };
  return { ...input, source: source(input.source, baseFolder), sink: { train: { ...given, ...val } } };
}

function source(from: Source, baseFolder: string): Source {
  const join = (name: string): string => (isRemote(name) ? name : path.resolve(baseFolder, name));
  const all = (names: string | string[]) => (typeof names === 'string' ? join(names) : names.map(join));
  const { images, exclude, meta_info, dataroot_gt, dataroot_lq } = from;
  return {
    ...from,
    ...(images !== undefined && { images: all(images) }),
    ...(meta_info !== undefined && { meta_info: join(meta_info) }),
    ...(dataroot_gt !== undefined && { dataroot_gt: join(dataroot_gt) }),
    ...(dataroot_lq !== undefined && { dataroot_lq: join(dataroot_lq) }),
    ...(exclude !== undefined && { exclude: all(exclude) }),
  };
}
