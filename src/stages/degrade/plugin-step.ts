import type { Degradation } from '../../degradations/define.js';
import type { loadDegradation } from '../../degradations/plugin.js';
import { EsrganError, type Place } from '../../errors.js';

/** Where in the pipeline file the value at a path below `degrade` stands, if that is known. */
export type SpotOf = (path: readonly PropertyKey[]) => { place: Place; frame?: string } | undefined;

/** Finds the operator that a step names with `use`. */
export type LoadDegradation = typeof loadDegradation;

interface Around {
  readonly baseFolder: string;
  readonly spotOf: SpotOf;
  readonly load: LoadDegradation;
}

/** Loads a plug-in and validates what is written under `with`; errors name the line of the step. */
export async function loadPlugin(
  use: string,
  given: unknown,
  at: readonly PropertyKey[],
  { baseFolder, spotOf, load }: Around,
): Promise<{ readonly operator: Degradation; readonly options: unknown }> {
  const operator = await load(use, baseFolder).catch((error) => {
    throw placed(error, spotOf([...at, 'use']));
  });
  const result = await operator.options['~standard'].validate(given);
  if (result.issues === undefined) return { operator, options: result.value };
  const issues = result.issues.map((issue) => {
    const steps = ['with', ...(issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))];
    return {
      steps: [...steps, ...unknownKey(issue)],
      text: `${steps.map(String).join('.')}: ${issue.message}`,
    };
  });
  const message = `plug-in ${use} (${operator.name}) refuses its options: ${issues.map(({ text }) => text).join('; ')}`;
  throw new EsrganError('PLUGIN_OPTIONS', message, {
    ...spotOf([...at, ...issues[0].steps]),
    remedy: 'Correct the values under `with`.',
  });
}

/** Zod tells of an unknown key at the mapping around it. */
function unknownKey(issue: object): string[] {
  const keys: unknown = 'keys' in issue ? issue.keys : undefined;
  return Array.isArray(keys) && typeof keys[0] === 'string' ? [keys[0]] : [];
}

/** The same error, pointing at the pipeline file unless it points at the plug-in's own file already. */
function placed(error: unknown, spot: ReturnType<SpotOf>): unknown {
  if (!(error instanceof EsrganError) || error.place || !spot) return error;
  const { code, message, remedy, cause } = error;
  return new EsrganError(code, message, { remedy, cause, ...spot });
}
