import { EsrganError } from '../errors.js';
import { inWords, placeOf } from './blame.js';

/** An error of an operator, naming it, the sample, the parameters, and the line of the plug-in where it arose. */
export function failure(operator: string, id: string, params: unknown, cause: unknown): EsrganError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const given = params === undefined ? '' : ` with ${JSON.stringify(params)}`;
  return new EsrganError(
    'DEGRADATION_FAILED',
    `degradation ${operator}, sample ${id}${given}: ${why}${inWords(placeOf(cause))}`,
    {
      cause,
      remedy: `Check the options of ${operator}, or leave it out of the degrade stage to see whether the rest runs.`,
    },
  );
}
