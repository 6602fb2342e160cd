import { adHocPipeline, inOptions } from '../ad-hoc-pipeline.js';
import { execute, quote } from '../execute.js';
import type { Io } from '../io.js';
import type { LoadRunner } from '../services.js';

export interface SubimageFlags {
  readonly input: string;
  readonly output: string;
  readonly crop_size: number;
  readonly step: number;
  readonly thresh_size: number;
  readonly compression_level: number;
  readonly n_thread?: number;
  readonly json?: boolean;
}

/** What extract_subimages does: overlapping crops of every photograph, numbered from s001. */
export function extractSubimages(flags: SubimageFlags, io: Io, load: LoadRunner): Promise<number> {
  const { input, output: folder, crop_size, step, thresh_size, compression_level, json } = flags;
  const pipeline = adHocPipeline({
    name: 'extract-subimages',
    input,
    threads: flags.n_thread,
    stages: [{ crop: { size: crop_size, step, threshold: thresh_size, too_small: 'report' } }],
    write: { folder, format: 'source', compression_level },
  });
  const sizes = `--crop_size ${crop_size} --step ${step} --thresh_size ${thresh_size} --compression_level ${compression_level}`;
  const command = `esrgan extract-subimages --input ${quote(input)} --output ${quote(folder)} ${sizes}`;
  const locate = inOptions(flags, { CROP_TOO_LARGE: `--crop_size ${crop_size}` });
  return execute(pipeline, { json, command, locate }, io, load);
}
