import { EsrganError } from '../errors.js';

/** An error of an operator, naming it, the sample and the parameters. */
export function failure(operator: string, id: string, params: unknown, cause: unknown): EsrganError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const given = params === undefined ? '' : ` with ${JSON.stringify(params)}`;
  return new EsrganError('DEGRADATION_FAILED', `degradation ${operator}, sample ${id}${given}: ${why}`, {
    cause,
    remedy: `Check the options of ${operator}, or leave it out of the degrade stage to see whether the rest runs.`,
  });
}
