import { EsrganError } from '../../errors.js';

/** Raises an error that names the file. */
export type Fail = (problem: string) => never;

/** `PTH_FORMAT`: the file cannot be made sense of. */
export function formatFailure(file: string): Fail {
  return (problem) => {
    throw new EsrganError('PTH_FORMAT', `${file} is not a sound PyTorch file: ${problem}.`, {
      place: { file },
      remedy: 'Fetch or save the file again; it may be cut short or of another format.',
    });
  };
}
