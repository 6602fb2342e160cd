import type { MultiscaleOptions } from '../../stages/multiscale/options.js';
import { adHocPipeline, inOptions } from '../ad-hoc-pipeline.js';
import { execute, quote } from '../execute.js';
import type { Io } from '../io.js';
import type { LoadRunner } from '../services.js';

export interface MultiscaleFlags {
  readonly input: string;
  readonly output: string;
  readonly resampler: MultiscaleOptions['resampler'];
  readonly n_thread?: number;
  readonly json?: boolean;
}

/** What generate_multiscale_DF2K does: T0..T3 of every photograph, as PNG. */
export function generateMultiscale(flags: MultiscaleFlags, io: Io, load: LoadRunner): Promise<number> {
  const { input, output: folder, resampler, n_thread: threads, json } = flags;
  const pipeline = adHocPipeline({
    name: 'generate-multiscale',
    input,
    threads,
    stages: [{ multiscale: { hr: false, upscale: true, resampler } }],
    write: { folder, format: 'png' },
  });
  const command = `esrgan generate-multiscale --input ${quote(input)} --output ${quote(folder)} --resampler ${resampler}`;
  return execute(pipeline, { json, command, locate: inOptions(flags) }, io, load);
}
