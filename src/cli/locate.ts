import { spotIn } from '../config/load-pipeline.js';
import type { Pipeline } from '../config/pipeline-file.js';
import type { Spot } from '../config/yaml-file.js';
import { EsrganError } from '../errors.js';

/** Where an error that only a run can find has its cause, by its code; and better words or another remedy for it, if any. */
export type Locate = (
  code: string,
) => (Partial<Spot> & { readonly message?: string; readonly remedy?: string }) | undefined;

const keys: Readonly<Record<string, string>> = {
  NO_IMAGES: 'source.images',
  TAR: 'source.tars',
  S3: 'source',
  ADDRESS: 'source',
  CROP_TOO_LARGE: 'crop.size',
  CROP_TOO_SMALL: 'batch.gt_size',
  PLUGIN_MISSING: 'degrade',
  PLUGIN_OPTIONS: 'degrade',
  PLUGIN_NAME: 'degrade',
};

/** The line of the pipeline file, or the override that took its place. */
export function inPipeline(pipeline: Pipeline, set: readonly string[]): Locate {
  return (code) => {
    const key = keys[code];
    if (key === undefined) return undefined;
    const override = set.findLast((written) => `.${written.split('=')[0]?.trim()}.`.includes(`.${key}.`));
    return override === undefined ? spotIn(pipeline, key) : { place: { file: `--set ${override}` } };
  };
}

/** The same error with the place where the user can mend it. */
export function located(error: unknown, locate: Locate): unknown {
  if (!(error instanceof EsrganError) || error.place?.line !== undefined) return error;
  const spot = locate(error.code);
  if (!spot) return error;
  const { code, stack } = error;
  const { message = error.message, remedy = error.remedy, place, frame } = spot;
  const placed = new EsrganError(code, message, { remedy, cause: error.cause, place, frame });
  placed.stack = stack;
  return placed;
}
