import { EsrganError } from '../errors.js';

const has = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.some((key) => Object.hasOwn(value, key));

/** An option file with its data sets, as BasicSR takes it. */
export const isOptionFile = (value: unknown): boolean =>
  has(value, 'datasets', 'model_type') && !isPipelineFile(value);

/** The training half alone, as a pipeline file may name it. */
export const isTrainingHalf = (value: unknown): boolean =>
  has(value, 'network_g', 'train') && !isPipelineFile(value) && !isOptionFile(value);

export const isPipelineFile = (value: unknown): boolean => has(value, 'source', 'stages', 'sink');

/** Says which command takes a file that was given to another one. */
export function refuseOther(value: unknown, file: string, wanted: 'pipeline' | 'options'): void {
  const place = { file };
  if (wanted === 'pipeline' && isOptionFile(value))
    throw new EsrganError('CONFIG_INVALID', 'this is an option file and not a pipeline file', {
      place,
      remedy: `Run it as esrgan train -opt ${file}; with --print-pipeline it becomes a pipeline file.`,
    });
  if (wanted === 'options' && isPipelineFile(value))
    throw new EsrganError('CONFIG_INVALID', 'this is a pipeline file and not an option file', {
      place,
      remedy: `Run it as esrgan run ${file}.`,
    });
  if (isTrainingHalf(value))
    throw new EsrganError('CONFIG_INVALID', 'this file says how to train, but not on what', {
      place,
      remedy:
        wanted === 'options'
          ? 'Run the pipeline file that names it, or add model_type, scale and datasets.train.'
          : `Name it in a pipeline file: sink: { train: { options: ${file} } }.`,
    });
}
